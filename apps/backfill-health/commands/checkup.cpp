#include <commands/checkup.hpp>

#include <cli/appearance.hpp>
#include <cli/options.hpp>
#include <commands/dashboard.hpp>
#include <exporter/probe.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>

namespace cli {

namespace {

using health::Finding;
using health::Level;

Style style_of(Level level) {
    switch (level) {
    case Level::ok:
        return Style::good;
    case Level::warning:
        return Style::warning;
    case Level::problem:
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
    constexpr std::size_t level_width = std::string_view("problem").size();
    std::string out;
    for (const auto& [check, level, message, hint] : findings) {
        if (only_wrong && level == Level::ok)
            continue;
        const std::string_view word = to_string(level);
        out += fmt::format("{}{:{}}  {:<{}}  {}\n", paint(style_of(level), word), "", level_width - word.size(), check,
                           width, plain(message));
        if (!hint.empty())
            out += fmt::format("{:{}}  {}\n", "", level_width + 2 + width, paint(Style::faint, plain(hint)));
    }
    return out;
}

} // namespace

Options checkup_options() {
    return Options{&options::health_index} + backfill_options() +
           Options{&options::listen, &options::kibana_url, &options::space} + store_options();
}

Result<Checkup> read_checkup(const Arguments& arguments, bool with_kibana) {
    auto backfill = read_backfill(arguments);
    if (!backfill)
        return backfill.error();
    auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    const auto color = read_color(arguments);
    if (!color)
        return color.error();
    auto store = open_store(arguments, {backfill->index, *health_index});
    if (!store)
        return store.error();
    Checkup out{.backfill = *std::move(backfill),
                .health_index = *std::move(health_index),
                .store = *std::move(store),
                .timeout = *timeout,
                .listen = arguments.text(options::listen),
                .serve_expected = arguments.given(options::listen).has_value(),
                .kibana = {},
                .kibana_expected = arguments.given(options::kibana_url).has_value(),
                .paint = Paint(*color, STDOUT_FILENO)};
    if (with_kibana) {
        auto kibana = open_kibana_beside_elasticsearch(arguments);
        if (!kibana)
            return kibana.error();
        out.kibana = *std::move(kibana);
    }
    return out;
}

health::Examination look(const Checkup& checkup) {
    auto out = checkup.store->examine(checkup.backfill, checkup.health_index, checkup.timeout);
    out.findings.push_back(health::probe_exporter(checkup.listen, checkup.backfill, checkup.serve_expected,
                                                  health::Deadline::after(checkup.timeout)));
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
