#pragma once

#include "temporary_folder.hpp"

#include <base/error.hpp>

#include <doctest/doctest.h>

#include <utility>

namespace health::tests {

template <class T>
T value_of(Result<T> result) {
    REQUIRE(result.has_value());
    return std::move(*result);
}

template <class T>
Error error_of(const Result<T>& result) {
    REQUIRE(result.has_error());
    return result.error();
}

} // namespace health::tests
