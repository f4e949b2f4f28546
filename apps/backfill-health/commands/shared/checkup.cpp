#include <commands/shared/checkup.hpp>

#include <base/printable.hpp>
#include <cli/appearance.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/store.hpp>
#include <commands/shared/dashboard.hpp>
#include <exporter/probe.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>

namespace cli {

namespace {

using health::Finding;
using health::Severity;

Style style_of(Severity severity) {
    switch (severity) {
    case Severity::ok:
        return Style::good;
    case Severity::warning:
        return Style::warning;
    case Severity::problem:
        break;
    }
    return Style::bad;
}

/// Others may have written anything there.
std::string plain(const std::string& text) {
    return health::printable(text);
}

/// A line for each finding, and below it the remedy. Those of one of several backfills are under its name.
std::string text_findings(const std::vector<Finding>& findings, bool only_wrong, const Paint& paint) {
    std::size_t width = 0;
    for (const Finding& finding : findings)
        width = std::max(width, finding.check.size());
    constexpr std::size_t severity_width = std::string_view("problem").size();
    std::string out;
    std::string backfill;
    for (const auto& [check, severity, message, hint, owner] : findings) {
        if (only_wrong && severity == Severity::ok)
            continue;
        if (owner != backfill) {
            out += fmt::format("{}{}\n", out.empty() ? "" : "\n", plain(owner));
            backfill = owner;
        }
        const std::string_view word = to_string(severity);
        out += fmt::format("{}{:{}}  {:<{}}  {}\n", paint(style_of(severity), word), "", severity_width - word.size(),
                           check, width, plain(message));
        if (const std::string remedy = hint_text(hint); !remedy.empty())
            out += fmt::format("{:{}}  {}\n", "", severity_width + 2 + width, paint(Style::faint, plain(remedy)));
    }
    return out;
}

} // namespace

Options checkup_options() {
    return Options{&options::health_index} + backfill_options() +
           Options{&options::listen, &options::kibana_url, &options::space} + measuring_options();
}

Checkup read_checkup(Settings& settings, bool with_kibana) {
    Checkup out{.backfills = read_backfills(settings, settings.words()),
                .health_index = read_health_index(settings),
                .store = {},
                .timeout = read_timeout(settings),
                .listen = settings.text(options::listen),
                .serve_expected = settings.is_given(options::listen),
                .kibana = {},
                .kibana_expected = settings.is_given(options::kibana_url),
                .paint = Paint(read_color(settings), STDOUT_FILENO)};
    out.store = read_store(settings, out.backfills, {out.health_index});
    if (with_kibana)
        out.kibana = read_kibana_beside_elasticsearch(settings);
    return out;
}

health::Examination run_checks(const Checkup& checkup) {
    auto out = checkup.store->examine(checkup.backfills, checkup.health_index, checkup.timeout);
    const health::ExpectedExporter exporter{.name = "serve",
                                            .backfills = checkup.backfills,
                                            .store_identity = out.store_identity,
                                            .is_named = checkup.serve_expected};
    add_finding(health::probe_exporter(checkup.listen, exporter, health::Deadline::after(checkup.timeout)),
                out.findings);
    if (checkup.kibana)
        add_finding(checkup.kibana->examine(checkup.kibana_expected, health::Deadline::after(checkup.timeout)),
                    out.findings);
    return out;
}

std::string to_text(const health::Examination& examination, const Paint& paint) {
    std::string text = text_findings(examination.findings, is_quiet(), paint);
    return is_quiet() ? text : text + to_string(count(examination.findings)) + "\n";
}

ExitStatus status_of(const health::Examination& examination) {
    if (!examination.reached)
        return failed;
    return count(examination.findings).problems > 0 ? check : done;
}

} // namespace cli
