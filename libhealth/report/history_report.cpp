#include <report/history_report.hpp>

#include <base/json_text.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <model/names.hpp>
#include <report/table.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace health {

namespace json = boost::json;

namespace {

constexpr std::size_t picture_width = 60;

/// Of what is missing, against the point before; none for the first one.
std::optional<std::int64_t> change(std::span<const HistoryPoint> points, std::size_t i) {
    const auto missing = [&](std::size_t n) { return static_cast<std::int64_t>(points[n].last.missing); };
    return i == 0 ? std::nullopt : std::optional(missing(i) - missing(i - 1));
}

Table table_of(const Backfill& backfill, const History& history) {
    std::vector<std::string> header{"time"};
    for (NumberName& name : number_names(backfill))
        header.push_back(std::move(name.heading));
    header.emplace_back(key::coverage);
    header.emplace_back(key::change);
    Table out(std::move(header));
    for (std::size_t i = 0; i < history.points.size(); ++i) {
        const Snapshot& last = history.points[i].last;
        std::vector<std::string> row{to_rfc3339(last.ts)};
        for (const std::uint64_t value : values(last))
            row.push_back(fmt::to_string(value));
        const auto difference = change(history.points, i);
        row.insert(row.end(), {percent(coverage(last)), difference ? signed_number(*difference) : ""});
        out.add(std::move(row));
    }
    return out;
}

std::string describe(const Gap& gap) {
    return fmt::format("no snapshot between {} and {}\n", to_rfc3339(gap.from), to_rfc3339(gap.to));
}

/// For each point the gap that follows it, if one does.
std::vector<std::optional<Gap>> following_gaps(const History& history, const Period& period) {
    const auto all = gaps(history, period);
    auto next = all.begin();
    std::vector<std::optional<Gap>> out(history.points.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        if (next != all.end() && next->from == history.points[i].begin + period.every)
            out[i] = *next++;
    return out;
}

/// One column for each interval; where several share one, the last of them. Blank where there is no snapshot.
std::string picture(const History& history, const Period& period, Glyphs glyphs) {
    const auto& points = history.points;
    const auto interval = [&](const HistoryPoint& point) {
        return static_cast<std::size_t>((point.begin - points.front().begin) / period.every);
    };
    const std::size_t intervals = interval(points.back()) + 1;
    std::vector<std::optional<std::uint64_t>> columns(std::min(intervals, picture_width));
    std::uint64_t most = 0;
    for (const HistoryPoint& point : points) {
        columns[interval(point) * columns.size() / intervals] = point.last.missing;
        most = std::max(most, point.last.missing);
    }
    std::string out;
    const auto share = [most](std::uint64_t missing) {
        return most > 0 ? static_cast<double>(missing) / static_cast<double>(most) : 0;
    };
    for (const auto& missing : columns)
        out += missing ? chart_column(share(*missing), glyphs) : " ";
    const std::uint64_t first = points.front().last.missing;
    const std::uint64_t newest = points.back().last.missing;
    return points.size() == 1 ? fmt::format("\nmissing  {}  {}\n", out, newest)
                              : fmt::format("\nmissing  {}  {} -> {}\n", out, first, newest);
}

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string out;
    for (const char c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return '"' + out + '"';
}

/// As many digits as CSV has.
double rounded_share(double share) {
    return std::round(visible_share(share) * steps_of_a_share) / steps_of_a_share;
}

} // namespace

std::string text_history(const Backfill& backfill, const History& history, const Period& period, Glyphs glyphs) {
    if (history.points.empty())
        return fmt::format("No snapshot of {} in {} since {}\n", backfill.name, printable(backfill.index),
                           to_rfc3339(period.from));
    const auto lines = table_of(backfill, history).lines();
    const auto gap_after = following_gaps(history, period);
    std::string out = lines.front() + "\n";
    for (std::size_t i = 0; i < gap_after.size(); ++i) {
        out += lines.at(i + 1) + "\n";
        if (gap_after[i])
            out += describe(*gap_after[i]);
    }
    return out + picture(history, period, glyphs);
}

std::string json_history(const Backfill& backfill, const History& history, const Period& period) {
    const auto names = number_names(backfill);
    json::array points;
    for (std::size_t i = 0; i < history.points.size(); ++i) {
        const HistoryPoint& point = history.points[i];
        json::object members{{key::ts, to_rfc3339(point.last.ts)}, {"snapshots", point.snapshots}};
        const auto numbers = values(point.last);
        for (std::size_t column = 0; column < names.size(); ++column)
            members[names[column].column] = numbers.at(column);
        const auto share = coverage(point.last);
        members[key::coverage] = share ? json::value(rounded_share(*share)) : json::value(nullptr);
        const auto difference = change(history.points, i);
        members[key::change] = difference ? json::value(*difference) : json::value(nullptr);
        points.push_back(std::move(members));
    }
    json::array missed;
    for (const Gap& gap : gaps(history, period))
        missed.push_back(json::object{{"from", to_rfc3339(gap.from)}, {"to", to_rfc3339(gap.to)}});
    json::object out;
    if (backfill.shape == DocumentShape::nested)
        out[key::backfill] = backfill.name;
    out[key::index] = backfill.index;
    out["since"] = to_rfc3339(period.from);
    out["every"] = to_string(std::chrono::milliseconds(period.every));
    out["points"] = std::move(points);
    out["gaps"] = std::move(missed);
    out["skipped"] = history.foreign;
    return json_text(out);
}

std::string csv_history(const Backfill& backfill, const History& history, const Period& period, bool named) {
    const auto names = number_names(backfill);
    const std::string owner = named ? csv_field(backfill.name) + "," : "";
    std::string out = named ? fmt::format("{},time,snapshots", key::backfill) : "time,snapshots";
    for (const NumberName& name : names)
        out += "," + csv_field(name.column);
    out += fmt::format(",{},{}\r\n", key::coverage, key::change);
    const auto gap_after = following_gaps(history, period);
    for (std::size_t i = 0; i < gap_after.size(); ++i) {
        const HistoryPoint& point = history.points[i];
        const auto share = coverage(point.last);
        const auto difference = change(history.points, i);
        out += fmt::format("{}{},{}", owner, to_rfc3339(point.last.ts), point.snapshots);
        for (const std::uint64_t value : values(point.last))
            out += fmt::format(",{}", value);
        out += fmt::format(",{},{}\r\n", share ? describe_coverage(share) : "",
                           difference ? fmt::to_string(*difference) : "");
        if (gap_after[i])
            out += fmt::format("{}{},0,{},\r\n", owner, to_rfc3339(gap_after[i]->from), std::string(names.size(), ','));
    }
    return out;
}

} // namespace health
