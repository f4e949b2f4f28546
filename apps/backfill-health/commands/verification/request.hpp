#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cli::verification {

/// A request to compare random documents with what a command expects of them.
struct Request {
    std::size_t documents = 0;
    std::string command{};
    std::uint64_t seed = 0;
};

} // namespace cli::verification
