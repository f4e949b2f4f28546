#pragma once

#include "support.hpp"

#include <string>
#include <vector>

namespace test {

/// One on each of these index expressions, and named like it.
inline std::vector<health::Backfill> backfills_on(const std::vector<std::string>& indices) {
    std::vector<health::Backfill> out;
    for (const std::string& index : indices) {
        out.push_back(bills());
        out.back().name = out.back().index = index;
    }
    return out;
}

} // namespace test
