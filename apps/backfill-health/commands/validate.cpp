#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <cli/appearance.hpp>
#include <cli/backfill.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <commands/commands.hpp>
#include <commands/shared/judgement.hpp>
#include <commands/shared/measurement.hpp>
#include <commands/verification/verification.hpp>
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
const Option by{
    .name = "by",
    .argument = "FIELD[:INTERVAL]",
    .help =
        "break down the missing documents by the values of a field, or by minute, hour, day, week, month, quarter or "
        "year"};
const Option samples{
    .name = "samples", .argument = "N", .help = "list the ids of up to N documents that lack the field"};
const Option profile{.name = "profile",
                     .help =
                         "show the least, greatest and most common value of each field, and dates that are in 1970 or "
                         "more than ten years ahead"};
const Option broken_rule{
    .name = "broken", .argument = "RULE", .help = "with --samples: those that break this rule, with their values"};
const Option format{.name = "format",
                    .argument = "FORMAT",
                    .fallback = "text",
                    .help = "github is for GitHub Actions",
                    .group = OptionGroup::output,
                    .choices = {"text", "json", "markdown", "github"}};

enum class ReportFormat { text, json, markdown, github };

struct Validation {
    Measurement measurement;
    Judgement judgement;
    bool compared = false;
    std::vector<std::optional<health::Snapshot>> before{}; ///< one for each backfill where compared
    std::optional<health::Grouping> grouping{};
    std::size_t samples = 0;
    std::vector<health::Rule> broken{}; ///< that the samples break: one for each backfill, or none
    bool profiled = false;
    std::vector<std::optional<health::Profile>> profiles_before{}; ///< one for each backfill where compared
    std::optional<verification::Request> verification{};
    ReportFormat format = ReportFormat::text;
    health::Glyphs glyphs = health::Glyphs::ascii;
    Paint paint{};
    std::optional<std::string> step_summary{}; ///< files of GitHub's, which it names in variables
    std::optional<std::string> step_output{};
};

void read_earlier(Settings& settings, Validation& wanted) {
    auto& backfills = wanted.measurement.backfills;
    const std::string path = settings.text(compare);
    const std::string content = settings.content(path == "-" ? "/dev/stdin" : path, "the earlier report");
    if (settings.failed())
        return;
    auto earlier = health::parse_reports(backfills, content);
    if (!earlier) {
        settings.fail(fmt::format("--compare {}: {}", path, earlier.error().message), hints::name_validate_report);
        return;
    }
    wanted.before = *std::move(earlier);
    for (std::size_t i = 0; i < backfills.size(); ++i)
        if (backfills[i].arrival && wanted.before[i])
            backfills[i].arrivals_since = wanted.before[i]->ts;
    wanted.profiles_before = health::parse_profiles(backfills, content);
}

std::optional<health::Grouping> read_grouping(Settings& settings) {
    const auto text = settings.optional_text(by);
    if (!text)
        return std::nullopt;
    const auto colon = text->rfind(':');
    health::Grouping out{.field = text->substr(0, colon), .interval = {}};
    if (out.field.empty())
        settings.fail(by, fmt::format("\"{}\" has no field name", *text), "write it like received_at:month");
    if (colon != std::string::npos) {
        const auto interval = health::parse_interval(text->substr(colon + 1));
        if (!interval)
            settings.fail(by, interval.error().message, interval.error().hint);
        else
            out.interval = *interval;
    }
    return out;
}

ReportFormat read_format(Settings& settings) {
    const auto chosen = settings.choice<ReportFormat>(format);
    if (!settings.has_flag(options::json))
        return chosen;
    if (settings.has_flag(format) && chosen != ReportFormat::json)
        settings.fail(fmt::format("--json and --format {} are both given", settings.text(format)), "choose one");
    return ReportFormat::json;
}

std::string render(const Validation& wanted, const health::Backfill& backfill, const health::Assessment& assessment) {
    switch (wanted.format) {
    case ReportFormat::json:
        return json_assessment(backfill, assessment) + "\n";
    case ReportFormat::markdown:
        return markdown_assessment(backfill, assessment);
    case ReportFormat::github:
        return text_assessment(backfill, assessment, wanted.glyphs) + github_annotations(backfill, assessment);
    case ReportFormat::text:
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
                : Error{ErrorKind::rejected,
                        fmt::format("cannot write to {}, the file that GITHUB_STEP_SUMMARY or GITHUB_OUTPUT names",
                                    *path),
                        ""};
}

/// A backfill that was measured, and what came of it.
struct Assessed {
    const health::Backfill* backfill;
    health::Assessment assessment;
};

Result<void> write_github_files(const Validation& wanted, const std::vector<Assessed>& all) {
    if (wanted.format != ReportFormat::github)
        return {};
    std::string summary;
    std::string outputs;
    const bool several = wanted.measurement.backfills.size() > 1;
    for (const auto& [backfill, assessment] : all) {
        summary += markdown_assessment(*backfill, assessment) + "\n";
        outputs +=
            github_outputs(*backfill, assessment, several ? health::OutputNames::prefixed : health::OutputNames::plain);
    }
    const auto summarized = append_to(wanted.step_summary, summary);
    return summarized ? append_to(wanted.step_output, outputs) : summarized;
}

/// The parts of the report beyond the numbers.
Result<void> add_details(const Validation& wanted, std::size_t i, health::Assessment& assessment) {
    const health::Backfill& backfill = wanted.measurement.backfills[i];
    const auto& store = wanted.measurement.store;
    const auto deadline = health::Deadline::after(wanted.measurement.timeout);
    if (wanted.grouping) {
        auto breakdown = store->breakdown(backfill, *wanted.grouping, deadline);
        if (!breakdown)
            return breakdown.error();
        assessment.by = {.grouping = *wanted.grouping, .breakdown = *std::move(breakdown)};
    }
    if (wanted.samples > 0) {
        if (!wanted.broken.empty())
            assessment.broken_rule = wanted.broken[i];
        auto found = store->samples(backfill, assessment.broken_rule, wanted.samples, deadline);
        if (!found)
            return found.error();
        assessment.samples = *std::move(found);
    }
    if (wanted.profiled) {
        auto found = store->profile(backfill, assessment.now.ts, deadline);
        if (!found)
            return found.error();
        assessment.profile = *std::move(found);
    }
    if (wanted.verification) {
        auto verified = verification::verify(*store, backfill, *wanted.verification, wanted.measurement.timeout);
        if (!verified)
            return verified.error();
        assessment.verified = *std::move(verified);
    }
    return {};
}

void warn_about_unknown(const health::Backfill& backfill, const health::Assessment& assessment) {
    if (assessment.profile)
        for (const health::FieldProfile& field : *assessment.profile)
            if (!field.unknown.empty())
                complain(fmt::format("profile of {} in {}: {}", health::printable(field.field, 80), backfill.name,
                                     field.unknown));
}

void warn_about_omissions(const health::Assessment& assessment) {
    if (!assessment.by)
        return;
    const auto& [grouping, breakdown] = *assessment.by;
    if (breakdown.unreadable > 0)
        complain(fmt::format("in {} {} is not a date: counted as (none)",
                             health::count_of(breakdown.unreadable, "document"), grouping.field));
    else if (breakdown.groups.size() == 1 && !breakdown.groups.front().value)
        complain(
            fmt::format("no document in the population has the field {}; {}", grouping.field, hints::check_grouping));
}

/// The assessment of one backfill, or why there is none.
Result<health::Assessment> assess(const Validation& wanted, std::size_t i, const Result<health::Snapshot>& snapshot) {
    if (!snapshot)
        return snapshot.error();
    const health::Backfill& backfill = wanted.measurement.backfills[i];
    health::Assessment out{.now = *snapshot, .compared = wanted.compared};
    if (wanted.compared) {
        out.before = wanted.before[i];
        out.profile_before = wanted.profiles_before[i];
    }
    if (const auto added = add_details(wanted, i, out); !added)
        return added.error();
    out.unmet = wanted.judgement.unmet(backfill, out.before, *snapshot);
    return out;
}

/// In JSON a line each; else an empty line between two.
std::string render_all(const Validation& wanted, const std::vector<Assessed>& all) {
    std::string out;
    for (const auto& [backfill, assessment] : all) {
        if (!out.empty() && wanted.format != ReportFormat::json)
            out += "\n";
        out += render(wanted, *backfill, assessment);
    }
    return out;
}

void complain_about_unmet(const std::vector<Assessed>& all, bool several) {
    for (const auto& [backfill, assessment] : all)
        for (const std::string& condition : assessment.unmet)
            complain(several ? fmt::format("{}: {}", backfill->name, condition) : condition);
}

ExitStatus validate(const Validation& wanted) {
    const auto& backfills = wanted.measurement.backfills;
    const MeasuredSnapshots measured = measure(wanted.measurement);
    ExitStatus status = write_textfile(wanted.measurement, measured);
    std::vector<Assessed> all;
    std::vector<std::optional<Error>> failures;
    for (std::size_t i = 0; i < measured.size(); ++i) {
        auto assessment = assess(wanted, i, measured[i]);
        failures.push_back(assessment ? std::nullopt : std::optional(assessment.error()));
        if (assessment)
            all.push_back({.backfill = &backfills[i], .assessment = *std::move(assessment)});
    }
    if (!all.empty())
        if (const auto printed = print(render_all(wanted, all)); !printed)
            return report(printed.error());
    status = std::max(status, report_failures(backfills, failures));
    for (const auto& [backfill, assessment] : all) {
        warn_about_omissions(assessment);
        warn_about_unknown(*backfill, assessment);
        if (assessment.verified)
            verification::complain_about(*backfill, *assessment.verified);
        const bool failed_verdict = wanted.judgement.by_verdict && verdict(assessment) == health::Verdict::check;
        if (!assessment.unmet.empty() || failed_verdict)
            status = std::max(status, check);
    }
    complain_about_unmet(all, backfills.size() > 1);
    const auto printed = write_github_files(wanted, all);
    return printed ? status : std::max(status, report(printed.error()));
}

Action setup_validate(Settings& settings) {
    Validation wanted{.measurement = read_measurement(settings), .judgement = {}};
    wanted.judgement = read_judgement(settings, wanted.measurement.backfills);
    wanted.compared = settings.is_given(compare);
    if (wanted.compared)
        read_earlier(settings, wanted);
    if (wanted.judgement.no_regression && !wanted.compared)
        settings.fail("--no-regression needs an earlier report", hints::name_earlier_report);
    wanted.grouping = read_grouping(settings);
    if (settings.is_given(samples))
        wanted.samples = settings.whole_number(samples, 1, health::max_samples);
    if (settings.is_given(broken_rule)) {
        if (wanted.samples == 0)
            settings.fail("--broken needs --samples N", "say how many documents to list");
        for (const health::Backfill& backfill : wanted.measurement.backfills)
            wanted.broken.push_back(read_rule(settings, broken_rule, settings.text(broken_rule), backfill));
    }
    wanted.profiled = settings.has_flag(profile);
    wanted.verification = verification::read(settings, wanted.measurement.backfills);
    wanted.format = read_format(settings);
    wanted.glyphs = read_glyphs(settings);
    wanted.paint = Paint(read_color(settings), STDOUT_FILENO);
    wanted.step_summary = settings.variable("GITHUB_STEP_SUMMARY");
    wanted.step_output = settings.variable("GITHUB_OUTPUT");
    return [=] { return validate(wanted); };
}

} // namespace

Command validate_command() {
    return {
        .name = "validate",
        .summary = "print the report: is the backfill done, and is it right?",
        .description =
            "Measures each backfill and prints a report of five lines, with an empty line between "
            "reports. The verdict is OK if there are documents, none lacks the field and none breaks a "
            "rule, otherwise CHECK; it affects the exit status only on request. Options add to the report: the change "
            "since an earlier one, where the backfill has not run yet, and which documents it has not "
            "reached. With --by, a document with several values counts for each of them.\n\nWith "
            "--profile, a table shows the values of the field and of each derived field that is a date, "
            "number, boolean or keyword, in the documents that have the field: a starting point when "
            "there are no rules yet. All counts are numbers of documents. With --compare, the earlier values are "
            "below each row if the earlier report is JSON and has a profile; a text report has none to "
            "compare.\n\nWith --verify, random documents are compared with what a command expects of "
            "them, and the verdict is CHECK if any is wrong. The --expect command runs without the "
            "variables ES_* and KIBANA_*. There is no report if it fails, prints anything else, or is "
            "silent for --timeout after it has been given the last document.\n\nWith --format github, "
            "annotations follow the report, and a table and the numbers are appended to the files that "
            "$GITHUB_STEP_SUMMARY and $GITHUB_OUTPUT name.",
        .options = Options{&options::json, &format, &compare, &by, &samples, &broken_rule, &profile} +
                   verification::options() + judgement_options() + measurement_options(),
        .takes_names = true,
        .examples = {{"before the backfill", "backfill-health validate > before.txt"},
                     {"after it, with the change", "backfill-health validate --compare before.txt"},
                     {"where has it not run yet?", "backfill-health validate --by received_at:month --samples 10"},
                     {"what values does it write?", "backfill-health validate --profile"},
                     {"is it right? ask the code that knows",
                      "backfill-health validate --verify 300 --expect examples/expected-expiry.py"},
                     {"let a script decide",
                      "backfill-health validate --compare before.txt --no-regression --min-coverage 0.95"}},
        .exits = {{done, "success, whatever the verdict"},
                  {check, "only on request: the verdict is CHECK, a threshold is not met, or something got worse"},
                  {usage, "wrong usage or settings"},
                  {failed, "failure; stderr says why, and no result is printed for what failed"}},
        .setup = setup_validate};
}

} // namespace cli
