#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/doctor/live_path.hpp>
#include <elasticsearch/doctor/writing_indices.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

/// A name and the digits at its end.
struct Numbered {
    std::string_view stem;
    std::string_view digits;
};

Numbered numbered(std::string_view name) {
    std::size_t end = name.size();
    while (end > 0 && is_digit(name[end - 1]))
        --end;
    return {name.substr(0, end), name.substr(end)};
}

/// As many digits, or one more: 000009 → 000010, 99 → 100.
std::string incremented(std::string digits) {
    for (std::size_t i = digits.size(); i-- > 0;) {
        if (digits[i] != '9') {
            ++digits[i];
            return digits;
        }
        digits[i] = '0';
    }
    return "1" + digits;
}

/// The date at the end of a name, by day or by month: 2025.10.31, 2025-10.
struct Dated {
    std::string_view stem;
    std::chrono::year_month_day day;
    char separator = '.';
    bool by_day = false;
};

std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t size) {
    const std::string_view digits = text.substr(at, size);
    return std::ranges::all_of(digits, is_digit) ? parse_number<int>(digits) : std::nullopt;
}

std::optional<Dated> dated(std::string_view name) {
    constexpr std::size_t of_day = std::string_view("2025.10.31").size();
    constexpr std::size_t of_month = std::string_view("2025.10").size();
    for (const std::size_t size : {of_day, of_month}) {
        if (name.size() < size || (name.size() > size && is_digit(name[name.size() - size - 1])))
            continue;
        const std::string_view text = name.substr(name.size() - size);
        const char separator = text[4];
        if (std::string_view(".-_").find(separator) == std::string_view::npos ||
            (size == of_day && text[of_month] != separator))
            continue;
        const auto year = number_at(text, 0, 4);
        const auto month = number_at(text, 5, 2);
        const auto day = size == of_day ? number_at(text, 8, 2) : 1;
        if (!year || !month || !day)
            continue;
        const std::chrono::year_month_day date{std::chrono::year(*year),
                                               std::chrono::month(static_cast<unsigned>(*month)),
                                               std::chrono::day(static_cast<unsigned>(*day))};
        if (date.ok())
            return Dated{.stem = name.substr(0, name.size() - size),
                         .day = date,
                         .separator = separator,
                         .by_day = size == of_day};
    }
    return std::nullopt;
}

std::string following(const Dated& last) {
    using namespace std::chrono;
    const year_month_day next = last.by_day ? year_month_day(sys_days(last.day) + days(1)) : last.day + months(1);
    const std::string month = fmt::format("{}{:04}{}{:02}", last.stem, static_cast<int>(next.year()), last.separator,
                                          static_cast<unsigned>(next.month()));
    return last.by_day ? fmt::format("{}{}{:02}", month, last.separator, static_cast<unsigned>(next.day())) : month;
}

/// What indices of one series have in common; empty when the name has neither a date nor a number.
std::string series(std::string_view name) {
    if (const auto date = dated(name))
        return fmt::format("{}{}", date->stem, date->by_day ? "day" : "month");
    const Numbered parts = numbered(name);
    return parts.digits.empty() ? std::string() : fmt::format("{}number", parts.stem);
}

std::string successor(std::string_view name) {
    if (const auto date = dated(name))
        return following(*date);
    const Numbered parts = numbered(name);
    return fmt::format("{}{}", parts.stem, incremented(std::string(parts.digits)));
}

class NextIndexSearch {
public:
    NextIndexSearch(const json::object& indices, const std::string& expression)
        : indices_(indices), parts_(included_parts(expression)) {}

    std::vector<NextIndex> run() {
        for (const auto& [stream, newest] : newest_of_streams(indices_))
            if (std::ranges::find(parts_, std::string_view(newest)) == parts_.end())
                add({.name = stream, .after = newest, .is_data_stream = true});
        for (const std::string_view part : parts_) {
            if (indices_.contains(part))
                continue;
            if (part.find('*') != std::string_view::npos)
                add_of_pattern(part);
            for (const std::string& alias : aliases(indices_, part))
                add_of_alias(alias);
        }
        return std::move(out_);
    }

private:
    void add(NextIndex next) {
        if (std::ranges::none_of(out_, [&](const NextIndex& other) { return other.name == next.name; }))
            out_.push_back(std::move(next));
    }

    [[nodiscard]] bool is_new(const std::string& name) const { return !indices_.contains(name); }

    void add_of_alias(const std::string& alias) {
        const std::string newest = write_index(indices_, alias);
        const Numbered parts = numbered(newest);
        if (parts.digits.empty() || !parts.stem.ends_with('-'))
            return; // a rollover needs such a name
        // The engine writes six digits, whatever the last one has.
        const auto count = parse_number<std::uint32_t>(parts.digits);
        if (count)
            add({.name = fmt::format("{}{:06}", parts.stem, std::uint64_t{*count} + 1), .after = newest});
    }

    void add_of_pattern(std::string_view pattern) {
        std::map<std::string, std::string> newest; // by series, whose names grow
        std::string newest_of_all;
        for (const auto& [name, index] : indices_) {
            if (!data_stream_of(index).empty() || !glob(pattern, name))
                continue;
            if (newest_of_all.empty() || is_newer(indices_, name, newest_of_all))
                newest_of_all = name;
            if (const std::string of = series(name); !of.empty()) {
                std::string& last = newest[of];
                if (std::pair(name.size(), std::string_view(name)) > std::pair(last.size(), std::string_view(last)))
                    last = name;
            }
        }
        bool found = false;
        for (const auto& [of, last] : newest) {
            std::string next = successor(last);
            for (int tries = 0; tries < 100 && !is_new(next); ++tries)
                next = successor(next);
            if (!glob(pattern, next) || !is_new(next))
                continue;
            add({.name = std::move(next), .after = last});
            found = true;
        }
        if (found || newest_of_all.empty())
            return;
        std::string next;
        for (const char c : pattern)
            next += c == '*' ? std::string("next") : std::string(1, c);
        if (is_new(next))
            add({.name = std::move(next), .after = newest_of_all});
    }

    const json::object& indices_;
    std::vector<std::string_view> parts_;
    std::vector<NextIndex> out_;
};

} // namespace

std::vector<NextIndex> next_indices(const json::object& indices, const std::string& expression) {
    return NextIndexSearch(indices, expression).run();
}

} // namespace health::elasticsearch
