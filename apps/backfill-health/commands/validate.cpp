#include "commands/commands.hpp"
#include "commands/measurement.hpp"
#include "options.hpp"

#include <health/report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace cli {

namespace {

const Option compare{"compare", "FILE", "", "", "an earlier report, text or JSON, to compare with; - is stdin"};
const Option max_missing{"max-missing", "N", "", "", "exit 1 when more documents are missing the field"};
const Option min_coverage{"min-coverage", "R", "", "", "exit 1 when derived / field is below R (0 to 1)"};
const Option exit_code{"exit-code", "", "", "", "exit 1 when the verdict is CHECK"};

struct Judgement {
    std::optional<std::uint64_t> max_missing;
    std::optional<double> min_coverage;
    bool by_verdict = false;
};

template <class Number>
std::optional<Number> parse_number(const std::string& text) {
    Number value{};
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
    return bad == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

Result<Judgement> read_judgement(const Arguments& arguments) {
    Judgement out{.max_missing = {}, .min_coverage = {}, .by_verdict = arguments.has(exit_code)};
    if (const auto text = arguments.flag(max_missing)) {
        out.max_missing = parse_number<std::uint64_t>(*text);
        if (!out.max_missing)
            return Error{ErrorKind::usage, fmt::format("--max-missing: \"{}\" is not a whole number", *text), ""};
    }
    if (const auto text = arguments.flag(min_coverage)) {
        out.min_coverage = parse_number<double>(*text);
        if (!out.min_coverage || !(*out.min_coverage >= 0 && *out.min_coverage <= 1))
            return Error{ErrorKind::usage, fmt::format("--min-coverage: \"{}\" is not a number from 0 to 1", *text),
                         "95 % is 0.95"};
    }
    return out;
}

Result<std::optional<health::Snapshot>> read_earlier(const Arguments& arguments, const health::Backfill& backfill) {
    const auto path = arguments.flag(compare);
    if (!path)
        return std::optional<health::Snapshot>();
    const auto content = read_file(*path == "-" ? "/dev/stdin" : *path, "the earlier report");
    if (!content)
        return content.error();
    const auto earlier = health::parse_report(backfill, *content);
    if (!earlier)
        return Error{ErrorKind::usage, fmt::format("--compare {}: {}", *path, earlier.error().message),
                     earlier.error().hint};
    return std::optional(*earlier);
}

std::string render(const health::Backfill& backfill, const std::optional<health::Snapshot>& before,
                   const health::Snapshot& after, bool as_json) {
    if (as_json)
        return (before ? json_comparison(backfill, *before, after) : json_report(backfill, after)) + "\n";
    return before ? text_comparison(backfill, *before, after) : text_report(backfill, after);
}

ExitStatus judge(const Judgement& judgement, const health::Snapshot& snapshot) {
    ExitStatus status = done;
    if (judgement.max_missing && snapshot.missing > *judgement.max_missing) {
        complain(fmt::format("{} missing is more than --max-missing {}", snapshot.missing, *judgement.max_missing));
        status = check;
    }
    const auto share = coverage(snapshot);
    if (judgement.min_coverage && share.value_or(0) < *judgement.min_coverage) {
        complain(fmt::format("coverage {} is below --min-coverage {}", share ? fmt::format("{:.4f}", *share) : "n/a",
                             *judgement.min_coverage));
        status = check;
    }
    if (judgement.by_verdict && verdict(snapshot) == health::Verdict::check)
        status = check;
    return status;
}

Result<Action> setup(const Arguments& arguments) {
    auto measurement = read_measurement(arguments);
    if (!measurement)
        return measurement.error();
    const auto judgement = read_judgement(arguments);
    if (!judgement)
        return judgement.error();
    auto before = read_earlier(arguments, measurement->backfill);
    if (!before)
        return before.error();
    const bool as_json = arguments.has(options::json);
    return Action(
        [measurement = *std::move(measurement), judgement = *judgement, before = *std::move(before), as_json] {
            const auto snapshot = measure(measurement);
            const ExitStatus textfile_status = write_textfile(measurement, snapshot);
            if (!snapshot)
                return report(snapshot.error());
            if (const auto printed = print(render(measurement.backfill, before, *snapshot, as_json)); !printed)
                return report(printed.error());
            return std::max(judge(judgement, *snapshot), textfile_status);
        });
}

} // namespace

Command validate_command() {
    return {
        .name = "validate",
        .summary = "print the report: is the backfill done, and is it right?",
        .description = "Measures the backfill and prints five lines. The verdict is OK when there are documents and "
                       "none lacks the field, else CHECK; it decides the exit status only when asked.",
        .options = Options{&options::json, &compare, &max_missing, &min_coverage, &exit_code} + measurement_options(),
        .examples = {{"before the backfill", "backfill-health validate > before.txt"},
                     {"after it, with the change", "backfill-health validate --compare before.txt"},
                     {"let a script decide", "backfill-health validate --exit-code --min-coverage 0.95"}},
        .exits = {{done, "done, whatever the verdict"},
                  {check, "only when asked: the verdict is CHECK, or a threshold is broken"},
                  {usage, "wrong usage or settings"},
                  {failed, "could not do it; one line on stderr says why, and no number is printed"}},
        .setup = setup};
}

} // namespace cli
