#include "commands/checkup.hpp"

#include "options.hpp"

#include <health/probe.hpp>

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

Result<std::shared_ptr<health::Kibana>> open_kibana(const Arguments& arguments) {
    const auto settings = read_remote(arguments, kibana_beside_elasticsearch);
    if (!settings)
        return settings.error();
    auto kibana = health::Kibana::make(*settings, arguments.text(options::space));
    if (!kibana)
        return kibana.error();
    return std::make_shared<health::Kibana>(*std::move(kibana));
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
                .as_json = arguments.has(options::json),
                .paint = Paint(*color, STDOUT_FILENO)};
    if (with_kibana) {
        auto kibana = open_kibana(arguments);
        if (!kibana)
            return kibana.error();
        out.kibana = *std::move(kibana);
    }
    return out;
}

ExitStatus check_up(const Checkup& checkup) {
    auto [findings, reached] = checkup.store->examine(checkup.backfill, checkup.health_index, checkup.timeout);
    findings.push_back(health::probe_exporter(checkup.listen, checkup.backfill, checkup.serve_expected,
                                              health::Deadline::after(checkup.timeout)));
    if (checkup.kibana)
        findings.push_back(checkup.kibana->examine(checkup.kibana_expected, health::Deadline::after(checkup.timeout)));
    const auto counts = count(findings);
    std::string text;
    if (checkup.as_json)
        text = json_findings(findings) + "\n";
    else
        text = text_findings(findings, is_quiet(), checkup.paint);
    if (!checkup.as_json && !is_quiet())
        text += to_string(counts) + "\n";
    if (const auto printed = print_always(text); !printed)
        return report(printed.error());
    if (!reached)
        return failed;
    return counts.problems > 0 ? check : done;
}

} // namespace cli
