#include <report/table.hpp>

#include <base/columns.hpp>

#include <algorithm>

namespace health {

std::string Table::line(const Row& row, const std::vector<std::size_t>& widths) const {
    std::size_t end = row.size(); // no line ends in blanks
    while (end > 0 && row[end - 1].empty())
        --end;
    std::string out;
    for (std::size_t column = 0; column < end; ++column) {
        const std::string& cell = row[column];
        const bool flush_left = column == 0 || (last_ == Last::drawings && column + 1 == row.size());
        const bool padded = !flush_left || column + 1 < end;
        const auto align = flush_left ? align_left : align_right;
        out += column == 0 ? "" : "  ";
        out += align(cell, padded ? widths[column] : 0);
    }
    return out;
}

std::vector<std::string> Table::lines() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const Row& row : rows_)
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], columns_of(row[column]));
    std::vector<std::string> out;
    for (const Row& row : rows_)
        out.push_back(line(row, widths));
    return out;
}

std::string Table::text() const {
    std::string out;
    for (const std::string& line : lines())
        out += line + "\n";
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
        if (std::string_view("\\`*_|<>#[]~&").find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

} // namespace health
