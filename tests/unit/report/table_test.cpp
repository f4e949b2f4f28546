#include <report/table.hpp>

#include <doctest/doctest.h>

using namespace health;

namespace {

Table numbers() {
    Table out({"", "before", "after"});
    out.add({"Größe", "7", "12345"});
    out.add({"b", "123456789", ""});
    return out;
}

} // namespace

TEST_CASE("a table's first column is flush left, its numbers flush right, and no line ends in blanks") {
    CHECK(numbers().text() == "          before  after\n"
                              "Größe          7  12345\n"
                              "b      123456789\n");
    CHECK(numbers().lines().back() == "b      123456789");
}

TEST_CASE("drawings in the last column begin below each other") {
    Table table({"value", "missing", ""}, Table::Last::drawings);
    table.add({"2025-01", "12", "###"});
    table.add({"2025-02", "0", ""});
    table.add({"2025-03", "100", "#"});
    CHECK(table.text() == "value    missing\n"
                          "2025-01       12  ###\n"
                          "2025-02        0\n"
                          "2025-03      100  #\n");
}

TEST_CASE("a table in Markdown has its marks as text") {
    Table table({"", "of"});
    table.add({"a|b*c", "3"});
    table.add({"~~d~~ &lt;", "4"});
    CHECK(table.markdown() == "| | of |\n|---|---:|\n| a\\|b\\*c | 3 |\n| \\~\\~d\\~\\~ \\&lt; | 4 |\n");
}
