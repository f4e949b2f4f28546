#pragma once

#include <string>
#include <vector>

namespace health {

/// Columns as wide as their widest cell: the first is flush left, the others are numbers. The last may be ragged.
class Table {
public:
    explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

    [[nodiscard]] std::string text() const;
    /// With a line that tells which columns are flush right: https://github.github.com/gfm/#tables-extension-
    [[nodiscard]] std::string markdown() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// What stands for itself in a cell of Markdown: neither the end of the cell nor any other mark.
std::string markdown_text(std::string_view text);

} // namespace health
