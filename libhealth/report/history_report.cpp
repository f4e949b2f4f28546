#include <report/history_report.hpp>

#include <base/printable.hpp>
#include <model/names.hpp>
#include <report/comparison.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace health {

namespace json = boost::json;

namespace {

constexpr std::size_t picture_width = 60;

using Row = std::vector<std::string>;

std::string number(double value) {
    return value == std::trunc(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.1f}", value);
}

std::string signed_number(double value) {
    return value > 0 ? "+" + number(value) : number(value);
}

/// Against the point before; none for the first one.
std::optional<double> change(std::span<const HistoryPoint> points, std::size_t i) {
    return i == 0 ? std::nullopt : std::optional(points[i].missing - points[i - 1].missing);
}

std::vector<std::string> columns(const Backfill& backfill) {
    std::vector<std::string> out;
    for (NumberName& name : number_names(backfill))
        out.push_back(std::move(name.column));
    return out;
}

/// In the order of the columns.
std::vector<double> averages(const HistoryPoint& point) {
    std::vector<double> out{point.missing, point.present};
    out.insert(out.end(), point.derived.begin(), point.derived.end());
    return out;
}

Row header(const Backfill& backfill) {
    Row out{"time"};
    for (std::string& column : columns(backfill)) {
        if (const auto joint = column.find('_'); column.starts_with("with_"))
            column[joint] = ' ';
        out.push_back(std::move(column));
    }
    out.insert(out.end(), {"coverage", "change"});
    return out;
}

std::vector<Row> rows(const History& history) {
    std::vector<Row> out;
    for (std::size_t i = 0; i < history.points.size(); ++i) {
        const HistoryPoint& point = history.points[i];
        const auto share = coverage(point);
        const auto difference = change(history.points, i);
        Row row{to_rfc3339(point.ts)};
        for (const double average : averages(point))
            row.push_back(number(average));
        row.push_back(percent(share));
        row.push_back(difference ? signed_number(*difference) : "");
        out.push_back(std::move(row));
    }
    return out;
}

std::string line(const Row& row, const std::vector<std::size_t>& widths) {
    std::string out = fmt::format("{:<{}}", row[0], widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i)
        out += fmt::format("  {:>{}}", row.at(i), widths.at(i));
    out.resize(out.find_last_not_of(' ') + 1);
    return out + "\n";
}

std::string describe(const Gap& gap) {
    return fmt::format("no snapshot between {} and {}\n", to_rfc3339(gap.from), to_rfc3339(gap.to));
}

std::span<const std::string_view> steps(Glyphs glyphs) {
    static constexpr std::array<std::string_view, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static constexpr std::array<std::string_view, 8> letters{"_", ".", ":", "-", "=", "+", "*", "#"};
    return glyphs == Glyphs::unicode ? blocks : letters;
}

/// A column a stretch, or several of them where they are many; blank where there is no snapshot.
std::string picture(const History& history, const Period& period, Glyphs glyphs) {
    const auto& points = history.points;
    const auto stretches = static_cast<std::size_t>((points.back().ts - points.front().ts) / period.every) + 1;
    const std::size_t width = std::min(stretches, picture_width);
    struct Column {
        double sum = 0;
        std::size_t points = 0;
    };
    std::vector<Column> columns(width);
    for (const HistoryPoint& point : points) {
        const auto stretch = static_cast<std::size_t>((point.ts - points.front().ts) / period.every);
        Column& column = columns[stretch * width / stretches];
        column.sum += point.missing;
        ++column.points;
    }
    const double most = std::ranges::max(points, {}, &HistoryPoint::missing).missing;
    const auto marks = steps(glyphs);
    std::string out;
    for (const Column& column : columns) {
        if (column.points == 0) {
            out += ' ';
            continue;
        }
        const double share = most > 0 ? column.sum / static_cast<double>(column.points) / most : 0;
        out += marks[static_cast<std::size_t>(std::lround(share * static_cast<double>(marks.size() - 1)))];
    }
    return fmt::format("\nmissing  {}  {} -> {}\n", out, number(points.front().missing), number(points.back().missing));
}

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string out;
    for (const char c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return '"' + out + '"';
}

/// 12 rather than 12.0.
json::value json_number(double value) {
    constexpr double exact = 9007199254740992.0; // 2^53
    if (value == std::trunc(value) && std::abs(value) < exact)
        return static_cast<std::int64_t>(value);
    return value;
}

json::value json_number(std::optional<double> value) {
    return value ? json_number(*value) : json::value(nullptr);
}

} // namespace

std::string text_history(const Backfill& backfill, const History& history, const Period& period, Glyphs glyphs) {
    if (history.points.empty())
        return fmt::format("No snapshot of {} since {}\n", printable(backfill.index), to_rfc3339(period.from));
    const Row names = header(backfill);
    const auto table = rows(history);
    std::vector<std::size_t> widths(names.size());
    for (std::size_t i = 0; i < widths.size(); ++i) {
        widths.at(i) = names.at(i).size();
        for (const Row& row : table)
            widths.at(i) = std::max(widths.at(i), row.at(i).size());
    }
    std::string out = line(names, widths);
    const auto missed = gaps(history, period);
    auto gap = missed.begin();
    for (std::size_t i = 0; i < table.size(); ++i) {
        out += line(table[i], widths);
        if (gap != missed.end() && gap->from == history.points[i].ts + period.every)
            out += describe(*gap++);
    }
    return out + picture(history, period, glyphs);
}

std::string json_history(const Backfill& backfill, const History& history, const Period& period) {
    const auto names = columns(backfill);
    json::array points;
    for (std::size_t i = 0; i < history.points.size(); ++i) {
        const HistoryPoint& point = history.points[i];
        json::object members{{"ts", to_rfc3339(point.ts)}, {"snapshots", point.snapshots}};
        const auto numbers = averages(point);
        for (std::size_t column = 0; column < names.size(); ++column)
            members[names[column]] = json_number(numbers.at(column));
        members["coverage"] = json_number(coverage(point));
        members["change"] = json_number(change(history.points, i));
        points.push_back(std::move(members));
    }
    json::array missed;
    for (const Gap& gap : gaps(history, period))
        missed.push_back(json::object{{"from", to_rfc3339(gap.from)}, {"to", to_rfc3339(gap.to)}});
    return json::serialize(json::object{{"index", backfill.index},
                                        {"since", to_rfc3339(period.from)},
                                        {"every", to_string(std::chrono::milliseconds(period.every))},
                                        {"points", std::move(points)},
                                        {"gaps", std::move(missed)},
                                        {"skipped", history.foreign}});
}

std::string csv_history(const Backfill& backfill, const History& history) {
    std::string out = "time,snapshots";
    for (const std::string& column : columns(backfill))
        out += "," + csv_field(column);
    out += ",coverage,change\r\n";
    for (std::size_t i = 0; i < history.points.size(); ++i) {
        const HistoryPoint& point = history.points[i];
        const auto share = coverage(point);
        const auto difference = change(history.points, i);
        out +=
            fmt::format("{},{},{},{},{}\r\n", to_rfc3339(point.ts), point.snapshots, fmt::join(averages(point), ","),
                        share ? fmt::format("{:.4f}", *share) : "", difference ? fmt::format("{}", *difference) : "");
    }
    return out;
}

} // namespace health
