#include <base/numbers.hpp>
#include <base/unique_id.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using namespace health;

TEST_CASE("no two identifiers are the same, and they begin with the time") {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(make_unique_id());
    CHECK(seen.size() == 1000);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    for (const std::string& id : seen) {
        REQUIRE(id.size() == 12 + 1 + 24);
        const auto time = parse_number<std::int64_t>(std::string_view(id).substr(0, 12), 16);
        REQUIRE(time);
        const auto age = now - std::chrono::milliseconds(*time);
        CHECK(age >= std::chrono::milliseconds(0));
        CHECK(age < std::chrono::minutes(1));
    }
}
