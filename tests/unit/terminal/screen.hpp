#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

/// A terminal, as far as drawings of ASCII need it: ECMA-48's cursor up, erase in line, erase below and renditions, and
/// DEC's modes of the cursor and of a second screen. It wraps long lines, and wraps them again when it is resized.
class Screen {
public:
    Screen(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows) {}

    void feed(std::string_view text) {
        while (!text.empty()) {
            if (text.starts_with("\x1b[")) {
                const std::size_t end = text.find_first_not_of("0123456789;?", 2);
                REQUIRE(end < text.size());
                control(text.substr(2, end - 2), text[end]);
                text.remove_prefix(end + 1);
            } else {
                put(text.front());
                text.remove_prefix(1);
            }
        }
    }

    void resize(std::size_t columns, std::size_t rows) {
        std::vector<Row> wrapped;
        std::size_t cursor = 0;
        for (std::size_t i = 0; i < lines_.size();) {
            std::string whole;
            const std::size_t first = i;
            do
                whole += lines_[i].text;
            while (lines_[i++].continues && i < lines_.size());
            if (row_ >= first && row_ < i)
                cursor = wrapped.size();
            for (std::size_t at = 0; at == 0 || at < whole.size(); at += columns)
                wrapped.push_back({.text = whole.substr(at, columns), .continues = at + columns < whole.size()});
        }
        lines_ = std::move(wrapped);
        row_ = cursor;
        columns_ = columns;
        rows_ = rows;
    }

    /// The lines without the blanks at their ends; also those that have left the screen at its top.
    [[nodiscard]] std::vector<std::string> text() const {
        std::vector<std::string> out;
        for (const Row& row : lines_)
            out.push_back(row.text.substr(0, row.text.find_last_not_of(' ') + 1));
        while (!out.empty() && out.back().empty())
            out.pop_back();
        return out;
    }
    [[nodiscard]] bool shows_cursor() const { return cursor_; }
    [[nodiscard]] std::size_t row() const { return row_; }
    [[nodiscard]] std::size_t column() const { return column_; }
    /// How many lines have left the screen at its top.
    [[nodiscard]] std::size_t scrolled() const { return lines_.size() < rows_ ? 0 : lines_.size() - rows_; }

private:
    struct Row {
        std::string text{};
        bool continues = false; ///< in the next one
    };

    void put(char c) {
        if (c == '\r') {
            column_ = 0;
        } else if (c == '\n') {
            line_feed();
        } else {
            if (column_ == columns_) {
                lines_[row_].continues = true;
                column_ = 0;
                line_feed();
            }
            std::string& line = lines_[row_].text;
            line.resize(std::max(line.size(), column_ + 1), ' ');
            line[column_++] = c;
        }
    }

    void line_feed() {
        if (++row_ == lines_.size())
            lines_.emplace_back();
    }

    void control(std::string_view parameters, char command) {
        Row& line = lines_[row_];
        if (command == 'A') {
            row_ -= std::min(static_cast<std::size_t>(std::stoul(std::string(parameters))), row_ - scrolled());
        } else if (command == 'K' && parameters.empty()) {
            line.text.resize(std::min(line.text.size(), column_));
            line.continues = false;
        } else if (command == 'J' && parameters.empty()) {
            line.text.resize(std::min(line.text.size(), column_));
            line.continues = false;
            lines_.resize(row_ + 1);
        } else if (parameters == "?25") {
            cursor_ = command == 'h';
        } else {
            REQUIRE(command == 'm');
        }
    }

    std::size_t columns_;
    std::size_t rows_;
    std::vector<Row> lines_ = std::vector<Row>(1);
    std::size_t row_ = 0;
    std::size_t column_ = 0;
    bool cursor_ = true;
};

} // namespace test
