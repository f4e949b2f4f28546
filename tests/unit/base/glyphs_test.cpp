#include <base/columns.hpp>
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

TEST_CASE("a bar has filled cells first, and empty ones after them") {
    CHECK(bar(3, 2, Glyphs::ascii) == "###--");
    CHECK(bar(1, 2, Glyphs::unicode) == "█░░");
    CHECK(bar(0, 0, Glyphs::unicode).empty());
}

TEST_CASE("the ellipsis is one column wide in any case") {
    CHECK(columns_of(ellipsis(Glyphs::ascii)) == 1);
    CHECK(columns_of(ellipsis(Glyphs::unicode)) == 1);
}
