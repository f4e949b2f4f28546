#include <base/glyphs.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("a column of a chart is as high as the share") {
    CHECK(chart_column(0, Glyphs::unicode) == "▁");
    CHECK(chart_column(0.5, Glyphs::unicode) == "▅");
    CHECK(chart_column(1, Glyphs::unicode) == "█");
    CHECK(chart_column(0, Glyphs::ascii) == "_");
    CHECK(chart_column(1, Glyphs::ascii) == "#");
    CHECK(chart_column(-3, Glyphs::ascii) == "_");
    CHECK(chart_column(3, Glyphs::ascii) == "#");
}
