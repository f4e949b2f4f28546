#include <terminal/columns.hpp>

#include <doctest/doctest.h>

using namespace cli;

TEST_CASE("columns count wide characters twice and combining ones not at all") {
    CHECK(columns_of("abc") == 3);
    CHECK(columns_of("索引") == 4);
    CHECK(columns_of("e\u0301") == 1);
    CHECK(fit("abcdef", 4, false) == "abc~");
    CHECK(fit("索引索引", 4, true) == "索…");
    CHECK(fit("abc", 0, true).empty());
}
