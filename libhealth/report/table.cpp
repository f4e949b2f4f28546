#include <report/table.hpp>

#include <base/columns.hpp>

#include <algorithm>

namespace health {

std::string Table::text() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], columns_of(row[column]));
    std::string out;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            const auto align = column == 0 ? align_left : align_right;
            line += (column == 0 ? "" : "  ") + align(row[column], widths[column]);
        }
        line.resize(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string Table::markdown() const {
    std::string out;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        for (const std::string& cell : rows_[row])
            out += "| " + markdown_text(cell) + (cell.empty() ? "" : " ");
        out += "|\n";
        if (row == 0) {
            for (std::size_t column = 0; column < rows_[row].size(); ++column)
                out += column == 0 ? "|---" : "|---:";
            out += "|\n";
        }
    }
    return out;
}

std::string markdown_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("\\`*_|<>#[]").find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

} // namespace health
