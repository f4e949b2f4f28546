#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace health {

/// Columns as wide as their widest cell. The first is flush left, the others are numbers and flush right.
class Table {
public:
    /// What the last column has: numbers like the others, or drawings that are flush left.
    enum class Last { numbers, drawings };

    explicit Table(std::vector<std::string> header, Last last = Last::numbers)
        : rows_{std::move(header)}, last_(last) {}

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

    /// The header and each row, without line ends.
    [[nodiscard]] std::vector<std::string> lines() const;
    [[nodiscard]] std::string text() const;
    /// With a line that says which columns are flush right: https://github.github.com/gfm/#tables-extension-
    [[nodiscard]] std::string markdown() const;

private:
    using Row = std::vector<std::string>;

    [[nodiscard]] std::string line(const Row& row, const std::vector<std::size_t>& widths) const;

    std::vector<Row> rows_;
    Last last_;
};

/// Escapes everything that has a meaning in a table cell of Markdown.
std::string markdown_text(std::string_view text);

} // namespace health
