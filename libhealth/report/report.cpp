#include <report/report.hpp>

#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <report/comparison.hpp>
#include <report/table.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health {

namespace json = boost::json;

namespace {

std::size_t widest(const std::array<std::string, 3>& texts) {
    return std::ranges::max(texts, {}, &std::string::size).size();
}

json::object report_members(const Backfill& backfill, const Snapshot& snapshot) {
    json::object out{{"index", snapshot.index}};
    const auto keys = report_keys(backfill);
    const auto values = numbers(snapshot);
    for (std::size_t i = 0; i < keys.size(); ++i)
        out[keys[i]] = values[i];
    out["timestamp"] = to_rfc3339(snapshot.ts);
    out["verdict"] = to_string(verdict(snapshot));
    return out;
}

Error not_a_report(const Backfill& backfill, std::string_view why) {
    return {ErrorKind::usage, fmt::format("not a report of {}: {}", backfill.name, why),
            "it is what validate prints, as text or with --json"};
}

Snapshot make_snapshot(std::string_view index, const std::array<std::uint64_t, 3>& n, Timestamp ts) {
    return {.index = std::string(index), .missing = n[0], .present = n[1], .derived = n[2], .ts = ts};
}

Result<Snapshot> parse_json_report(const Backfill& backfill, std::string_view report) {
    boost::system::error_code failure;
    const json::value parsed = json::parse(trim(report), failure);
    const json::object* object = failure ? nullptr : parsed.if_object();
    if (object == nullptr)
        return not_a_report(backfill, "it is not one JSON object");
    std::array<std::uint64_t, 3> values{};
    const auto keys = report_keys(backfill);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const json::value* number = object->if_contains(keys[i]);
        boost::system::error_code not_a_number;
        if (number == nullptr || !number->is_number())
            return not_a_report(backfill, fmt::format("it has no number \"{}\"", keys[i]));
        values[i] = number->to_number<std::uint64_t>(not_a_number);
        if (not_a_number)
            return not_a_report(backfill, fmt::format("\"{}\" is not a count", keys[i]));
    }
    const json::value* index = object->if_contains("index");
    const json::value* time = object->if_contains("timestamp");
    if (index == nullptr || !index->is_string() || time == nullptr || !time->is_string())
        return not_a_report(backfill, "it lacks \"index\" or \"timestamp\"");
    const auto ts = parse_rfc3339(time->get_string());
    if (!ts)
        return not_a_report(backfill, ts.error().message);
    return make_snapshot(index->get_string(), values, *ts);
}

Result<Snapshot> parse_text_report(const Backfill& backfill, std::string_view report) {
    const auto lines = split(report, '\n');
    constexpr std::string_view index_label = "Index: ";
    if (lines.size() < 5 || !lines[0].starts_with(index_label))
        return not_a_report(backfill, "it does not begin with the five lines of a report");
    std::array<std::uint64_t, 3> values{};
    const auto names = number_labels(backfill);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view line = trim(lines[i + 1]);
        const std::string label = names[i] + ":";
        if (!line.starts_with(label))
            return not_a_report(backfill, fmt::format("line {} does not begin with \"{}\"", i + 2, label));
        const auto count = parse_number<std::uint64_t>(trim(line.substr(label.size())));
        if (!count)
            return not_a_report(backfill, fmt::format("line {} has no count", i + 2));
        values[i] = *count;
    }
    const std::string_view last = trim(lines[4]);
    const auto at = last.rfind("@ ");
    if (!last.starts_with("Verdict: ") || at == std::string_view::npos)
        return not_a_report(backfill, "line 5 is not its verdict");
    const auto ts = parse_rfc3339(last.substr(at + 2));
    if (!ts)
        return not_a_report(backfill, ts.error().message);
    return make_snapshot(trim(lines[0].substr(index_label.size())), values, *ts);
}

} // namespace

std::array<std::string, 3> report_keys(const Backfill& backfill) {
    return {fmt::format("missing_{}_count", backfill.field), fmt::format("{}_with_{}", backfill.name, backfill.field),
            fmt::format("{}_with_{}", backfill.name, backfill.derived)};
}

std::string text_report(const Backfill& backfill, const Snapshot& snapshot) {
    std::string out = fmt::format("Index: {}\n", printable(snapshot.index));
    const auto names = number_labels(backfill);
    const auto values = numbers(snapshot);
    for (std::size_t i = 0; i < names.size(); ++i)
        out += fmt::format("{:<{}} {}\n", names[i] + ":", widest(names) + 1, values[i]);
    return out + fmt::format("Verdict: {}  @ {}\n", to_string(verdict(snapshot)), to_rfc3339(snapshot.ts));
}

std::string json_report(const Backfill& backfill, const Snapshot& snapshot) {
    return json::serialize(report_members(backfill, snapshot));
}

Result<Snapshot> parse_report(const Backfill& backfill, std::string_view report) {
    const std::string_view content = trim(report);
    if (content.empty())
        return not_a_report(backfill, "it is empty");
    if (!is_utf8(content))
        return not_a_report(backfill, "it is not UTF-8");
    return content.front() == '{' ? parse_json_report(backfill, content) : parse_text_report(backfill, content);
}

std::string text_comparison(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    Table table({"", "before", "after", "change"});
    for (auto& [label, cells] : compare(backfill, before, after))
        table.add({label, cells[0], cells[1], cells[2]});
    return text_report(backfill, after) + "\n" + table.text();
}

std::string json_comparison(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    json::object out = report_members(backfill, after);
    out["before"] = report_members(backfill, before);
    json::object change;
    const auto keys = report_keys(backfill);
    const auto old_values = numbers(before);
    const auto new_values = numbers(after);
    for (std::size_t i = 0; i < keys.size(); ++i)
        change[keys[i]] = static_cast<std::int64_t>(new_values[i] - old_values[i]);
    out["change"] = std::move(change);
    return json::serialize(out);
}

} // namespace health
