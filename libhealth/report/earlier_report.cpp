#include <report/earlier_report.hpp>

#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <model/names.hpp>
#include <report/profile_parts.hpp>
#include <report/report.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace health {

namespace json = boost::json;

namespace {

Error not_a_report(const Backfill& backfill, std::string_view why) {
    return {ErrorKind::usage, fmt::format("not a report of {}: {}", backfill.name, why), ""};
}

bool is_nested(const Backfill& backfill) {
    return backfill.shape == DocumentShape::nested;
}

/// Reports of the nested shape have the backfill's name, and those of the flat shape keys that no other has.
bool is_json_report_of(const Backfill& backfill, const json::object& report) {
    const json::string* name = find_string(report, {key::backfill});
    if (is_nested(backfill))
        return name != nullptr && *name == backfill.name;
    return name == nullptr && find(report, {number_names(backfill).front().key}) != nullptr;
}

/// Other tools may have written it as 3.0 or 3e0.
std::optional<std::uint64_t> count_in(const json::value& number) {
    if (!number.is_number())
        return std::nullopt;
    boost::system::error_code not_a_count;
    const auto count = number.to_number<std::uint64_t>(not_a_count);
    return not_a_count ? std::nullopt : std::optional(count);
}

/// Why a rule and its count cannot be in a report; empty when they can.
std::string add_broken(Snapshot& snapshot, std::string_view rule, std::uint64_t documents) {
    const std::string shown = printable(rule, 80);
    if (rule.empty() || trim(rule) != rule || has_control_characters(rule))
        return fmt::format("\"{}\" is not a rule", shown);
    if (broken_documents(snapshot, rule))
        return fmt::format("the rule \"{}\" is given twice", shown);
    snapshot.broken.push_back({.rule = std::string(rule), .documents = documents});
    return {};
}

Result<Snapshot> parse_json_report(const Backfill& backfill, std::string_view report) {
    const auto object = parse_object(trim(report));
    if (!object)
        return not_a_report(backfill, "it is not one JSON object");
    std::vector<std::uint64_t> values;
    for (const NumberName& name : number_names(backfill)) {
        const bool in_derived = is_nested(backfill) && name.quantity == Quantity::derived;
        const json::value* number = in_derived ? find(*object, {key::derived, name.key}) : find(*object, {name.key});
        if (number == nullptr || !number->is_number())
            return not_a_report(backfill, fmt::format("it has no number \"{}\"", name.key));
        const auto count = count_in(*number);
        if (!count)
            return not_a_report(backfill, fmt::format("\"{}\" is not a count", name.key));
        values.push_back(*count);
    }
    if (!is_json_report_of(backfill, *object))
        return not_a_report(backfill, "it is for a different backfill");
    const json::string* index = find_string(*object, {key::index});
    const json::string* time = find_string(*object, {key::timestamp});
    if (index == nullptr || time == nullptr)
        return not_a_report(backfill, "it lacks \"index\" or \"timestamp\"");
    const auto ts = parse_rfc3339(*time);
    if (!ts)
        return not_a_report(backfill, ts.error().message);
    Snapshot out = snapshot_from(std::string(*index), values, *ts);
    const json::object* rules = find_object(*object, {key::rules});
    if (rules == nullptr)
        return out;
    for (const auto& [rule, documents] : *rules) {
        const auto count = count_in(documents);
        if (!count)
            return not_a_report(
                backfill, fmt::format("\"rules\" has no count for \"{}\"", printable(std::string_view(rule), 80)));
        if (const auto why = add_broken(out, rule, *count); !why.empty())
            return not_a_report(backfill, why);
    }
    return out;
}

/// `lines_before` are those of the file that precede the report.
Result<Snapshot> parse_text_report(const Backfill& backfill, std::string_view report, std::size_t lines_before) {
    const auto lines = split(report, '\n');
    const auto names = number_names(backfill);
    if (lines.size() < names.size() + 2 || !lines[0].starts_with(index_label))
        return not_a_report(backfill, fmt::format("it does not begin with the {} lines of a report", names.size() + 2));
    std::vector<std::uint64_t> values(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view line = trim(lines[i + 1]);
        const std::string label = names[i].label + ":";
        if (!line.starts_with(label))
            return not_a_report(backfill,
                                fmt::format("line {} does not begin with \"{}\"", lines_before + i + 2, label));
        const auto count = parse_number<std::uint64_t>(trim(line.substr(label.size())));
        if (!count)
            return not_a_report(backfill, fmt::format("line {} has no count", lines_before + i + 2));
        values[i] = *count;
    }
    const std::string_view last = trim(lines[names.size() + 1]);
    const auto at = last.rfind("@ ");
    if (!last.starts_with(verdict_label) || at == std::string_view::npos)
        return not_a_report(backfill, fmt::format("line {} is not its verdict", lines_before + names.size() + 2));
    const auto ts = parse_rfc3339(last.substr(at + 2));
    if (!ts)
        return not_a_report(backfill, ts.error().message);
    Snapshot out = snapshot_from(std::string(trim(lines[0].substr(index_label.size()))), values, *ts);
    for (std::size_t i = names.size() + 2; i < lines.size() && lines[i].starts_with(broken_label); ++i) {
        const std::string_view line = trim(lines[i].substr(broken_label.size()));
        const auto colon = line.rfind(": ");
        const auto count =
            colon == std::string_view::npos ? std::nullopt : parse_number<std::uint64_t>(line.substr(colon + 2));
        if (!count)
            return not_a_report(backfill, fmt::format("line {} has no count", lines_before + i + 1));
        if (const auto why = add_broken(out, line.substr(0, colon), *count); !why.empty())
            return not_a_report(backfill, why);
    }
    return out;
}

bool is_json(std::string_view reports) {
    return reports.starts_with('{');
}

Result<Snapshot> parse(const Backfill& backfill, std::string_view report, std::size_t lines_before) {
    return is_json(report) ? parse_json_report(backfill, report) : parse_text_report(backfill, report, lines_before);
}

/// The part is one of the text.
std::size_t lines_before(std::string_view part, std::string_view text) {
    return static_cast<std::size_t>(std::count(text.data(), part.data(), '\n'));
}

/// JSON has a report on each line, and in a text each begins with its index.
std::vector<std::string_view> split_reports(std::string_view reports) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    while (begin < reports.size()) {
        const std::string next = is_json(reports) ? "\n" : fmt::format("\n{}", index_label);
        const std::size_t end = std::min(reports.find(next, begin), reports.size());
        if (const auto report = trim(reports.substr(begin, end - begin)); !report.empty())
            out.push_back(report);
        begin = end + 1;
    }
    return out;
}

/// What a report and its backfill have in common, in JSON: the name, which only the flat shape does not write.
std::string name_in(std::string_view report) {
    const auto object = parse_object(report);
    return object ? find_text(*object, {key::backfill}) : "";
}

/// The same in text: index and label.
std::string index_and_label_in(std::string_view report) {
    const auto lines = split(report, '\n');
    const std::string_view first = lines.size() > 1 ? lines[1] : std::string_view();
    return fmt::format("{}\n{}", trim(lines[0].substr(std::min(index_label.size(), lines[0].size()))),
                       trim(first.substr(0, first.rfind(':'))));
}

std::string identity_of(const Backfill& backfill, bool in_json) {
    if (in_json)
        return is_nested(backfill) ? backfill.name : "";
    return fmt::format("{}\n{}", trim(printable(backfill.index)), number_names(backfill).front().label);
}

/// The report of each backfill; none where there is no report of it.
std::vector<std::optional<std::string_view>> match_reports(std::span<const Backfill> backfills,
                                                           std::string_view content) {
    const auto parts = split_reports(content);
    std::map<std::string, std::string_view> by_identity;
    for (const std::string_view part : parts)
        by_identity.emplace(is_json(content) ? name_in(part) : index_and_label_in(part), part);
    const bool only_one = backfills.size() == 1 && parts.size() == 1; // of whatever index it was
    std::vector<std::optional<std::string_view>> out;
    for (const Backfill& backfill : backfills) {
        const auto found = by_identity.find(identity_of(backfill, is_json(content)));
        if (only_one)
            out.emplace_back(parts.front());
        else
            out.push_back(found == by_identity.end() ? std::nullopt : std::optional(found->second));
    }
    return out;
}

Result<void> check_text(const Backfill& backfill, std::string_view content) {
    if (content.empty())
        return not_a_report(backfill, "it is empty");
    if (!is_utf8(content))
        return not_a_report(backfill, "it is not UTF-8");
    return {};
}

} // namespace

Result<Snapshot> parse_report(const Backfill& backfill, std::string_view report) {
    const std::string_view content = trim(report);
    if (const auto readable = check_text(backfill, content); !readable)
        return readable.error();
    return parse(backfill, content, lines_before(content, report));
}

Result<std::vector<std::optional<Snapshot>>> parse_reports(std::span<const Backfill> backfills,
                                                           std::string_view reports) {
    std::vector<std::optional<Snapshot>> out(backfills.size());
    if (backfills.empty())
        return out;
    const std::string_view content = trim(reports);
    if (const auto readable = check_text(backfills.front(), content); !readable)
        return readable.error();
    const auto parts = match_reports(backfills, content);
    bool found_any = false;
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        if (!parts[i])
            continue;
        auto parsed = parse(backfills[i], *parts[i], lines_before(*parts[i], reports));
        if (!parsed)
            return parsed.error();
        out[i] = *std::move(parsed);
        found_any = true;
    }
    if (!found_any)
        return not_a_report(backfills.front(), "none of its reports has that backfill and index");
    return out;
}

std::vector<std::optional<Profile>> parse_profiles(std::span<const Backfill> backfills, std::string_view reports) {
    std::vector<std::optional<Profile>> out(backfills.size());
    const std::string_view content = trim(reports);
    if (!is_json(content))
        return out;
    const auto parts = match_reports(backfills, content);
    for (std::size_t i = 0; i < backfills.size(); ++i)
        if (const auto object = parts[i] ? parse_object(*parts[i]) : std::nullopt)
            out[i] = profile_parts::profile_in(*object);
    return out;
}

} // namespace health
