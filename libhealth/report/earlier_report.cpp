#include <report/earlier_report.hpp>

#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/text.hpp>
#include <model/names.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health {

namespace json = boost::json;

namespace {

Error not_a_report(const Backfill& backfill, std::string_view why) {
    return {ErrorKind::usage, fmt::format("not a report of {}: {}", backfill.name, why),
            "it must be a report that was printed before, as text or JSON"};
}

Result<Snapshot> parse_json_report(const Backfill& backfill, std::string_view report) {
    const auto object = parse_object(trim(report));
    if (!object)
        return not_a_report(backfill, "it is not one JSON object");
    std::vector<std::uint64_t> values;
    for (const NumberName& name : number_names(backfill)) {
        const json::value* number = find(*object, {name.key});
        boost::system::error_code not_a_number;
        if (number == nullptr || !number->is_number())
            return not_a_report(backfill, fmt::format("it has no number \"{}\"", name.key));
        values.push_back(number->to_number<std::uint64_t>(not_a_number));
        if (not_a_number)
            return not_a_report(backfill, fmt::format("\"{}\" is not a count", name.key));
    }
    const json::string* index = find_string(*object, {"index"});
    const json::string* time = find_string(*object, {"timestamp"});
    if (index == nullptr || time == nullptr)
        return not_a_report(backfill, "it lacks \"index\" or \"timestamp\"");
    const auto ts = parse_rfc3339(*time);
    if (!ts)
        return not_a_report(backfill, ts.error().message);
    return snapshot_from(std::string(*index), values, *ts);
}

Result<Snapshot> parse_text_report(const Backfill& backfill, std::string_view report) {
    const auto lines = split(report, '\n');
    constexpr std::string_view index_label = "Index: ";
    const auto names = number_names(backfill);
    if (lines.size() < names.size() + 2 || !lines[0].starts_with(index_label))
        return not_a_report(backfill, fmt::format("it does not begin with the {} lines of a report", names.size() + 2));
    std::vector<std::uint64_t> values(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view line = trim(lines[i + 1]);
        const std::string label = names[i].label + ":";
        if (!line.starts_with(label))
            return not_a_report(backfill, fmt::format("line {} does not begin with \"{}\"", i + 2, label));
        const auto count = parse_number<std::uint64_t>(trim(line.substr(label.size())));
        if (!count)
            return not_a_report(backfill, fmt::format("line {} has no count", i + 2));
        values[i] = *count;
    }
    const std::string_view last = trim(lines[names.size() + 1]);
    const auto at = last.rfind("@ ");
    if (!last.starts_with("Verdict: ") || at == std::string_view::npos)
        return not_a_report(backfill, fmt::format("line {} is not its verdict", names.size() + 2));
    const auto ts = parse_rfc3339(last.substr(at + 2));
    if (!ts)
        return not_a_report(backfill, ts.error().message);
    return snapshot_from(std::string(trim(lines[0].substr(index_label.size()))), values, *ts);
}

} // namespace

Result<Snapshot> parse_report(const Backfill& backfill, std::string_view report) {
    const std::string_view content = trim(report);
    if (content.empty())
        return not_a_report(backfill, "it is empty");
    if (!is_utf8(content))
        return not_a_report(backfill, "it is not UTF-8");
    return content.front() == '{' ? parse_json_report(backfill, content) : parse_text_report(backfill, content);
}

} // namespace health
