#include "support.hpp"

#include <base/error.hpp>
#include <base/keyed_group.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace health;

TEST_CASE("those with the same error are together, in the order in which they came") {
    std::vector<KeyedGroup<Error, std::string>> groups;
    add_to_group(groups, test::error(ErrorKind::timeout, "slow"), "orders");
    add_to_group(groups, test::error(ErrorKind::unreachable, "cut off"), "bills");
    add_to_group(groups, test::error(ErrorKind::timeout, "slow"), "invoices");
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].key.message == "slow");
    CHECK(groups[0].members == std::vector<std::string>{"orders", "invoices"});
    CHECK(groups[1].members == std::vector<std::string>{"bills"});
}

TEST_CASE("those without an error can be a group, too") {
    std::vector<KeyedGroup<std::optional<Error>, int>> groups;
    add_to_group(groups, std::nullopt, 1);
    add_to_group(groups, test::error(ErrorKind::timeout), 2);
    add_to_group(groups, std::nullopt, 3);
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].members == std::vector<int>{1, 3});
}
