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
#include <fstream>
#include <unistd.h>

namespace cli {

namespace {

const Option compare{
    .name = "compare", .argument = "FILE", .help = "an earlier report, text or JSON, to compare with; - is stdin"};
const Option by{.name = "by",
                .argument = "FIELD[:INTERVAL]",
                .help = "break missing down by the values of a field, or by minute, hour, day, week, month, quarter or "
                        "year"};
const Option samples{
    .name = "samples", .argument = "N", .help = "list the ids of up to N documents that lack the field"};
const Option format{.name = "format",
                    .argument = "FORM",
                    .fallback = "text",
                    .help = "github is for GitHub Actions",
                    .group = OptionGroup::output,
                    .choices = {"text", "json", "markdown", "github"}};

enum class Form { text, json, markdown, github };

struct Validation {
    Measurement measurement;
    Judgement judgement;
    std::optional<health::Snapshot> before{};
    std::optional<health::Grouping> grouping{};
    std::size_t samples = 0;
    Form form = Form::text;
    health::Glyphs glyphs = health::Glyphs::ascii;
    Paint paint{};
    std::optional<std::string> step_summary{}; ///< files of GitHub's, which it names in variables
    std::optional<std::string> step_output{};
};

std::optional<health::Snapshot> read_earlier(Settings& settings, const health::Backfill& backfill) {
    const auto path = settings.optional_text(compare);
    if (!path)
        return std::nullopt;
    const std::string content = settings.content(*path == "-" ? "/dev/stdin" : *path, "the earlier report");
    if (settings.failed())
        return std::nullopt;
    const auto earlier = health::parse_report(backfill, content);
    if (earlier)
        return *earlier;
    settings.fail(fmt::format("--compare {}: {}", *path, earlier.error().message), earlier.error().hint);
    return std::nullopt;
}

std::optional<health::Grouping> read_grouping(Settings& settings) {
    const auto text = settings.optional_text(by);
    if (!text)
        return std::nullopt;
    const auto colon = text->rfind(':');
    health::Grouping out{.field = text->substr(0, colon), .interval = {}};
    if (out.field.empty())
        settings.fail(by, fmt::format("\"{}\" names no field", *text), "write it like received_at:month");
    if (colon != std::string::npos) {
        const auto interval = health::parse_interval(text->substr(colon + 1));
        if (!interval)
            settings.fail(by, interval.error().message, interval.error().hint);
        else
            out.interval = *interval;
    }
    return out;
}

Form read_form(Settings& settings) {
    const auto form = settings.choice<Form>(format);
    if (!settings.has_flag(options::json))
        return form;
    if (settings.has_flag(format) && form != Form::json)
        settings.fail(fmt::format("--json and --format {} are both given", settings.text(format)), "choose one");
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
        complain(fmt::format("{} documents have a {} that is not a date; they count as (none)", breakdown.unreadable,
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

Action setup(Settings& settings) {
    Validation wanted{.measurement = read_measurement(settings), .judgement = read_judgement(settings), .before = {}};
    wanted.before = read_earlier(settings, wanted.measurement.backfill);
    if (wanted.judgement.no_regression && !wanted.before)
        settings.fail("--no-regression needs an earlier report", "name it with --compare FILE");
    wanted.grouping = read_grouping(settings);
    if (settings.is_given(samples))
        wanted.samples = settings.whole_number(samples, 1, health::most_samples);
    wanted.form = read_form(settings);
    wanted.glyphs = read_glyphs(settings);
    wanted.paint = Paint(read_color(settings), STDOUT_FILENO);
    wanted.step_summary = settings.variable("GITHUB_STEP_SUMMARY");
    wanted.step_output = settings.variable("GITHUB_OUTPUT");
    return [=] { return validate(wanted); };
}

} // namespace

Command validate_command() {
    return {.name = "validate",
            .summary = "print the report: is the backfill done, and is it right?",
            .description =
                "Measures the backfill and prints five lines. The verdict is OK if there are documents and none lacks "
                "the field, otherwise CHECK; it affects the exit status only on request. Below the report comes what "
                "options ask for: the change since an earlier report, where the backfill has not run yet, and which "
                "documents it has not reached. With --by, a document with several values counts for each of "
                "them.\n\nWith --format github, annotations follow the report, and a table and the numbers are "
                "appended to the files that $GITHUB_STEP_SUMMARY and $GITHUB_OUTPUT name.",
            .options =
                Options{&options::json, &format, &compare, &by, &samples} + judgement_options() + measurement_options(),
            .examples = {{"before the backfill", "backfill-health validate > before.txt"},
                         {"after it, with the change", "backfill-health validate --compare before.txt"},
                         {"where has it not run yet?", "backfill-health validate --by received_at:month --samples 10"},
                         {"let a script decide",
                          "backfill-health validate --compare before.txt --no-regression --min-coverage 0.95"}},
            .exits = {{done, "success, whatever the verdict"},
                      {check, "only on request: the verdict is CHECK, a threshold is broken, or something got worse"},
                      {usage, "wrong usage or settings"},
                      {failed, "failure; one line on stderr says why, and no number is printed"}},
            .setup = setup};
}

} // namespace cli
