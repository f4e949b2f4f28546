#include <commands/checkup.hpp>

#include <cli/appearance.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/store.hpp>
#include <commands/dashboard.hpp>
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

/// What others have written may hold anything.
std::string plain(const std::string& text) {
    return health::one_line({ErrorKind::rejected, text, ""}, std::string::npos);
}

/// A line for each finding, and beneath it the way out.
std::string text_findings(const std::vector<Finding>& findings, bool only_wrong, const Paint& paint) {
    std::size_t width = 0;
    for (const Finding& finding : findings)
        width = std::max(width, finding.check.size());
    constexpr std::size_t severity_width = std::string_view("problem").size();
    std::string out;
    for (const auto& [check, severity, message, hint] : findings) {
        if (only_wrong && severity == Severity::ok)
            continue;
        const std::string_view word = to_string(severity);
        out += fmt::format("{}{:{}}  {:<{}}  {}\n", paint(style_of(severity), word), "", severity_width - word.size(),
                           check, width, plain(message));
        if (const std::string way_out = to_string(hint); !way_out.empty())
            out += fmt::format("{:{}}  {}\n", "", severity_width + 2 + width, paint(Style::faint, plain(way_out)));
    }
    return out;
}

} // namespace

Options checkup_options() {
    return Options{&options::health_index} + backfill_options() +
           Options{&options::listen, &options::kibana_url, &options::space} + store_options();
}

Checkup read_checkup(Settings& settings, bool with_kibana) {
    Checkup out{.backfill = read_backfill(settings),
                .health_index = read_health_index(settings),
                .store = {},
                .timeout = read_timeout(settings),
                .listen = settings.text(options::listen),
                .serve_expected = settings.is_given(options::listen),
                .kibana = {},
                .kibana_expected = settings.is_given(options::kibana_url),
                .paint = Paint(read_color(settings), STDOUT_FILENO)};
    out.store = read_store(settings, {out.backfill.index, out.health_index});
    if (with_kibana)
        out.kibana = read_kibana_beside_elasticsearch(settings);
    return out;
}

health::Examination look(const Checkup& checkup) {
    auto out = checkup.store->examine(checkup.backfill, checkup.health_index, checkup.timeout);
    const health::ExpectedExporter exporter{
        .backfill = checkup.backfill, .store_identity = out.store_identity, .is_named = checkup.serve_expected};
    out.findings.push_back(health::probe_exporter(checkup.listen, exporter, health::Deadline::after(checkup.timeout)));
    if (checkup.kibana)
        out.findings.push_back(
            checkup.kibana->examine(checkup.kibana_expected, health::Deadline::after(checkup.timeout)));
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
