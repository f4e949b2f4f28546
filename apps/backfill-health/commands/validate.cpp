#include <base/numbers.hpp>
#include <cli/appearance.hpp>
#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <commands/judgement.hpp>
#include <commands/measurement.hpp>
#include <report/assessment.hpp>
#include <report/comparison.hpp>
#include <report/earlier_report.hpp>
#include <terminal/terminal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <unistd.h>

namespace cli {

namespace {

const Option compare{"compare", "FILE", "", "", "an earlier report, text or JSON, to compare with; - is stdin"};
const Option by{"by", "FIELD[:INTERVAL]", "", "",
                "break missing down by the values of a field, or by minute, hour, day, week, month, quarter or year"};
const Option samples{"samples", "N", "", "", "list the ids of so many documents that are missing the field"};
const Option format{.name = "format",
                    .argument = "FORM",
                    .variable = "",
                    .fallback = "text",
                    .help = "github is for its Actions",
                    .choices = {"text", "json", "markdown", "github"}};

enum class Form { text, json, markdown, github };

struct Validation {
    Measurement measurement;
    Judgement judgement;
    std::optional<health::Snapshot> before;
    std::optional<health::Grouping> grouping;
    std::size_t samples = 0;
    Form form = Form::text;
    health::Glyphs glyphs = health::Glyphs::ascii;
    Paint paint;
    std::optional<std::string> step_summary; ///< files of GitHub's, which it names in variables
    std::optional<std::string> step_output;
};

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

Result<std::optional<health::Grouping>> read_grouping(const Arguments& arguments) {
    const auto text = arguments.flag(by);
    if (!text)
        return std::optional<health::Grouping>();
    const auto colon = text->rfind(':');
    health::Grouping out{.field = text->substr(0, colon), .interval = {}};
    if (out.field.empty())
        return Error{ErrorKind::usage, fmt::format("--by: \"{}\" names no field", *text),
                     "write it like received_at:month"};
    if (colon != std::string::npos) {
        const auto interval = health::parse_interval(text->substr(colon + 1));
        if (!interval)
            return Error{ErrorKind::usage, fmt::format("--by: {}", interval.error().message), interval.error().hint};
        out.interval = *interval;
    }
    return std::optional(std::move(out));
}

Result<std::size_t> read_samples(const Arguments& arguments) {
    const auto text = arguments.flag(samples);
    if (!text)
        return std::size_t{0};
    const auto value = health::parse_number<std::size_t>(*text);
    if (!value || *value < 1 || *value > health::most_samples)
        return Error{ErrorKind::usage,
                     fmt::format("--samples: \"{}\" is not a number from 1 to {}", *text, health::most_samples), ""};
    return *value;
}

Result<Form> read_form(const Arguments& arguments) {
    constexpr std::array<std::pair<std::string_view, Form>, 4> forms{
        {{"text", Form::text}, {"json", Form::json}, {"markdown", Form::markdown}, {"github", Form::github}}};
    const std::string text = arguments.text(format);
    const auto* const found = std::ranges::find(forms, text, [](const auto& pair) { return pair.first; });
    if (found == forms.end())
        return Error{ErrorKind::usage, fmt::format("--format: \"{}\" is not {}", text, one_of(format.choices)), ""};
    if (!arguments.has(options::json))
        return found->second;
    if (arguments.has(format) && found->second != Form::json)
        return Error{ErrorKind::usage, fmt::format("--json and --format {} are both given", text), "choose one"};
    return Form::json;
}

std::string render(const Validation& wanted, const health::Assessment& assessment) {
    const auto& backfill = wanted.measurement.backfill;
    switch (wanted.form) {
    case Form::json:
        return json_assessment(backfill, assessment) + "\n";
    case Form::markdown:
        return markdown_assessment(backfill, assessment);
    case Form::github:
        return text_assessment(backfill, assessment, wanted.glyphs) + github_annotations(backfill, assessment);
    case Form::text:
        break;
    }
    return text_assessment(backfill, assessment, wanted.glyphs, [&](health::Verdict verdict) {
        return wanted.paint(verdict == health::Verdict::ok ? Style::good : Style::warning, to_string(verdict));
    });
}

Result<void> append_to(const std::optional<std::string>& path, const std::string& text) {
    if (!path)
        return {};
    std::ofstream file(*path, std::ios::app);
    file << text << std::flush;
    return file ? Result<void>{}
                : Error{ErrorKind::rejected, fmt::format("cannot write to {}, which GitHub names", *path), ""};
}

Result<void> hand_over(const Validation& wanted, const health::Assessment& assessment) {
    if (wanted.form != Form::github)
        return {};
    const auto& backfill = wanted.measurement.backfill;
    const auto summarized = append_to(wanted.step_summary, markdown_assessment(backfill, assessment) + "\n");
    return summarized ? append_to(wanted.step_output, github_outputs(backfill, assessment)) : summarized;
}

/// What was asked for beyond the numbers.
Result<void> look_closer(const Validation& wanted, health::Assessment& assessment) {
    const auto& [backfill, store, timeout, refresh, path] = wanted.measurement;
    const auto deadline = health::Deadline::after(timeout);
    if (wanted.grouping) {
        auto breakdown = store->breakdown(backfill, *wanted.grouping, deadline);
        if (!breakdown)
            return breakdown.error();
        assessment.by = {.grouping = *wanted.grouping, .breakdown = *std::move(breakdown)};
    }
    if (wanted.samples > 0) {
        auto found = store->samples(backfill, wanted.samples, deadline);
        if (!found)
            return found.error();
        assessment.samples = *std::move(found);
    }
    return {};
}

/// A table that hides something says so.
void warn_of(const health::Assessment& assessment) {
    if (!assessment.by)
        return;
    const auto& [grouping, breakdown] = *assessment.by;
    if (breakdown.unreadable > 0)
        complain(fmt::format("{} documents have a {} that is no time; they count as (none)", breakdown.unreadable,
                             grouping.field));
    else if (breakdown.groups.size() == 1 && !breakdown.groups.front().value)
        complain(fmt::format("no document that counts has the field {}; check --by", grouping.field));
}

ExitStatus validate(const Validation& wanted) {
    const auto snapshot = measure(wanted.measurement);
    const ExitStatus textfile_status = write_textfile(wanted.measurement, snapshot);
    if (!snapshot)
        return report(snapshot.error());
    health::Assessment assessment{.now = *snapshot, .before = wanted.before};
    if (const auto looked = look_closer(wanted, assessment); !looked)
        return report(looked.error());
    assessment.broken = wanted.judgement.broken(wanted.measurement.backfill, wanted.before, *snapshot);
    if (const auto printed = print(render(wanted, assessment)); !printed)
        return report(printed.error());
    warn_of(assessment);
    for (const std::string& broken : assessment.broken)
        complain(broken);
    if (const auto handed = hand_over(wanted, assessment); !handed)
        return report(handed.error());
    const bool failed_verdict = wanted.judgement.by_verdict && verdict(*snapshot) == health::Verdict::check;
    return std::max(assessment.broken.empty() && !failed_verdict ? done : check, textfile_status);
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
    if (judgement->no_regression && !*before)
        return Error{ErrorKind::usage, "--no-regression needs an earlier report", "name it with --compare FILE"};
    auto grouping = read_grouping(arguments);
    if (!grouping)
        return grouping.error();
    const auto count = read_samples(arguments);
    if (!count)
        return count.error();
    const auto form = read_form(arguments);
    if (!form)
        return form.error();
    const auto when = read_color(arguments);
    if (!when)
        return when.error();
    return Action(
        [wanted = Validation{.measurement = *std::move(measurement),
                             .judgement = *judgement,
                             .before = *std::move(before),
                             .grouping = *std::move(grouping),
                             .samples = *count,
                             .form = *form,
                             .glyphs = read_glyphs(arguments),
                             .paint = Paint(*when, STDOUT_FILENO),
                             .step_summary = arguments.variable("GITHUB_STEP_SUMMARY"),
                             .step_output = arguments.variable("GITHUB_OUTPUT")}] { return validate(wanted); });
}

} // namespace

Command validate_command() {
    return {
        .name = "validate",
        .summary = "print the report: is the backfill done, and is it right?",
        .description =
            "Measures the backfill and prints five lines. The verdict is OK when there are documents and none lacks "
            "the field, else CHECK; it decides the exit status only when asked. What more is asked for comes behind "
            "the five lines: the change since an earlier report, where the backfill has not run yet, and which "
            "documents it has not reached. In --by, a document with several values counts for each of them.\n\n"
            "With --format github, annotations follow the report, and what $GITHUB_STEP_SUMMARY and $GITHUB_OUTPUT "
            "name gets a table and the numbers.",
        .options =
            Options{&options::json, &format, &compare, &by, &samples} + judgement_options() + measurement_options(),
        .examples = {{"before the backfill", "backfill-health validate > before.txt"},
                     {"after it, with the change", "backfill-health validate --compare before.txt"},
                     {"where has it not run yet?", "backfill-health validate --by received_at:month --samples 10"},
                     {"let a script decide",
                      "backfill-health validate --compare before.txt --no-regression --min-coverage 0.95"}},
        .exits = {{done, "done, whatever the verdict"},
                  {check, "only when asked: the verdict is CHECK, a threshold is broken, or something got worse"},
                  {usage, "wrong usage or settings"},
                  {failed, "could not do it; one line on stderr says why, and no number is printed"}},
        .setup = setup};
}

} // namespace cli
