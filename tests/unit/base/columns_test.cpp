#include <base/columns.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("columns count wide characters twice and combining ones not at all") {
    CHECK(columns_of("") == 0);
    CHECK(columns_of("abc") == 3);
    CHECK(columns_of("größe") == 5);
    CHECK(columns_of("索引") == 4);
    CHECK(columns_of("한국어") == 6);
    CHECK(columns_of("ＡＢＣ") == 6);
    CHECK(columns_of("🙂") == 2);
    CHECK(columns_of("e\u0301") == 1);
    CHECK(columns_of("a\u200Bb") == 2); // a zero-width space
    CHECK(columns_of("█▁…") == 3);
    CHECK(columns_of("\uE000") == 1);     // of private use
    CHECK(columns_of("\U0003FF00") == 1); // not assigned
    CHECK(columns_of("a\xFF\xC3") == 3);  // not UTF-8
}

TEST_CASE("texts are aligned by their columns") {
    CHECK(align_left("索引", 6) == "索引  ");
    CHECK(align_right("e\u0301", 3) == "  e\u0301");
    CHECK(align_left("abc", 2) == "abc");
    CHECK(align_right("abc", 3) == "abc");
}

TEST_CASE("a text is cut between characters, and an ellipsis says so") {
    CHECK(fit("abcdef", 6, Glyphs::unicode) == "abcdef");
    CHECK(fit("abcdef", 4, Glyphs::ascii) == "abc~");
    CHECK(fit("索引索引", 4, Glyphs::unicode) == "索…");
    CHECK(fit("abc", 0, Glyphs::unicode).empty());
}

TEST_CASE("lines are broken between words") {
    using Lines = std::vector<std::string>;
    CHECK(wrap("", 10) == Lines{""});
    CHECK(wrap("one two three", 20) == Lines{"one two three"});
    CHECK(wrap("one two three", 8) == Lines{"one two", "three"});
    CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
    CHECK(wrap("索引 索引", 5) == Lines{"索引", "索引"});
    CHECK(wrap("one\n\ntwo", 20) == Lines{"one", "", "two"});
    CHECK(wrapped("one\ntwo\n") == "one\ntwo\n");
}

TEST_CASE("a word that is longer than a line is broken") {
    using Lines = std::vector<std::string>;
    CHECK(wrap("see abcdefghij now", 4) == Lines{"see", "abcd", "efgh", "ij", "now"});
    CHECK(wrap("索引", 1) == Lines{"索", "引"});
}

TEST_CASE("of more lines than may be, the last is cut") {
    using Lines = std::vector<std::string>;
    CHECK(wrap("one two three four", 5, 2, Glyphs::unicode) == Lines{"one", "two …"});
    CHECK(wrap("one two three four", 9, 2, Glyphs::ascii) == Lines{"one two", "three fo~"});
    CHECK(wrap("one two", 5, 2, Glyphs::unicode) == Lines{"one", "two"});
}
