#include <base/text.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <utility>
#include <vector>

using namespace health;

TEST_CASE("a text has one part more than separators") {
    using Parts = std::vector<std::string_view>;
    CHECK(split("", ',') == Parts{""});
    CHECK(split("a", ',') == Parts{"a"});
    CHECK(split(",a,,b,", ',') == Parts{"", "a", "", "b", ""});
}

TEST_CASE("blanks at the ends are trimmed, those within are not") {
    CHECK(trim(" \t a b \r\n") == "a b");
    CHECK(trim("").empty());
    CHECK(trim(" \n").empty());
}

TEST_CASE("a star stands for any characters, also none, and everything else for itself") {
    for (const auto& [pattern, name] : std::vector<std::pair<std::string_view, std::string_view>>{{"orders", "orders"},
                                                                                                  {"*", ""},
                                                                                                  {"*", "orders"},
                                                                                                  {"orders*", "orders"},
                                                                                                  {"or*rs", "orders"},
                                                                                                  {"*-*-*", "a-b-c-d"},
                                                                                                  {"a**b", "ab"},
                                                                                                  {"*ab", "aab"},
                                                                                                  {"a*b*b", "abb"},
                                                                                                  {"", ""}})
        CHECK(glob(pattern, name));
    for (const auto& [pattern, name] : std::vector<std::pair<std::string_view, std::string_view>>{{"orders", "order"},
                                                                                                  {"orders", "Orders"},
                                                                                                  {"orders*", "order"},
                                                                                                  {"ab*ba", "aba"},
                                                                                                  {"a*b*b", "ab"},
                                                                                                  {"", "a"},
                                                                                                  {"a?", "ab"},
                                                                                                  {"*-*-*", "a-b"},
                                                                                                  {"a.b", "axb"}})
        CHECK_FALSE(glob(pattern, name));
}

TEST_CASE("UTF-8 is what JSON and Prometheus take for it") {
    for (const std::string_view text : {"", "abc", "h\u00e9", "\u20ac", "\U0001F600", "\x7F"})
        CHECK(is_utf8(text));
    for (const std::string_view text :
         {"\xFF", "\xC3", "a\x80", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"})
        CHECK_FALSE(is_utf8(text));
    CHECK(is_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("names of headers are equal in any case, in ASCII alone") {
    CHECK(iequals("Content-Type", "content-TYPE"));
    CHECK_FALSE(iequals("a", "ab"));
    CHECK_FALSE(iequals("[", "{"));
}

TEST_CASE("one is not several") {
    CHECK(count_of(0, "document") == "0 documents");
    CHECK(count_of(1, "document") == "1 document");
    CHECK(count_of(2, "document") == "2 documents");
}

TEST_CASE("texts are joined with a separator between them") {
    CHECK(join(std::vector<std::string>{}, ", ").empty());
    CHECK(join(std::vector<std::string>{"a"}, ", ") == "a");
    CHECK(join(std::vector<std::string_view>{"a", "", "b"}, ", ") == "a, , b");
    const auto numbers =
        std::views::iota(1, 4) | std::views::transform([](int number) { return std::to_string(number); });
    CHECK(join(numbers, " or ") == "1 or 2 or 3");
}

TEST_CASE("a long list of names is cut short, with a count of the rest") {
    using Names = std::vector<std::string>;
    CHECK(join_first(Names{}, 1).empty());
    CHECK(join_first(Names{"a"}, 1) == "a");
    CHECK(join_first(Names{"a", "b"}, 1) == "a and 1 more");
    CHECK(join_first(Names{"b", "a", "c"}, 3) == "b, a, c");
    CHECK(join_first(Names{"b", "a", "c", "d", "e"}, 3) == "b, a, c and 2 more");
}
