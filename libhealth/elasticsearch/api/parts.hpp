#pragma once

#include <remote/service.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The answers to several requests that were sent as one (`_msearch`, `_bulk`).
namespace health::elasticsearch {

struct AnswerPart {
    std::uint64_t status = 0; ///< 0 where it has none
    std::string text;         ///< an object as the engine wrote it, with every digit; empty where it is none
};

/// The elements of the array under this key, or in each of them what is under `member`. None when the answer is not a
/// success or has no such array.
std::optional<std::vector<AnswerPart>> parts_of(const http::Response& response, std::string_view key,
                                                std::string_view member = {});

/// As if it had been the whole answer.
remote::Answer as_answer(const AnswerPart& part, const remote::Answer& whole);

} // namespace health::elasticsearch
