#include <base/encoding.hpp>
#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/mapping.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/writing_indices.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

using Names = std::vector<std::string_view>;

std::string listed(const Names& names) {
    constexpr std::size_t max_shown = 3;
    const auto shown = [](std::string_view name) { return printable(name, 60); };
    return join_first(names | std::views::transform(shown), max_shown);
}

std::string setting(const json::value& index, std::string_view name) {
    return index.is_object() ? find_text(index.get_object(), {"settings", name}) : std::string{};
}

std::string encoded(const Names& names) {
    return percent_encode(join(names, ","), ",");
}

std::string change_settings(const std::string& url, const Names& names, std::string_view settings) {
    return fmt::format("curl -X PUT '{}/{}/_settings' -H 'Content-Type: application/json' -d '{}'", url, encoded(names),
                       settings);
}

/// As Elasticsearch writes times: 1s, 500ms, 5m; none for -1 and anything that is not a time.
std::optional<std::chrono::milliseconds> parse_time(const std::string& text) {
    const auto time = parse_duration(text);
    return time ? std::optional(*time) : std::nullopt;
}

/// Of the aliases that an expression has, by name or by pattern.
std::set<std::string> filtered_aliases(const json::object& indices, std::span<const std::string_view> named) {
    std::set<std::string> out;
    for (const std::string_view part : named)
        for (const std::string& alias : aliases(indices, part))
            if (std::ranges::any_of(indices, [&](const auto& index) {
                    return find(index.value(), {"aliases", alias, "filter"}) != nullptr;
                }))
                out.insert(alias);
    return out;
}

} // namespace

Findings check_index(const json::object& indices, const std::string& expression, const std::string& url) {
    const std::string shown = printable(expression, 80);
    Names names;
    Names closed;
    for (const auto& [name, index] : indices) {
        names.push_back(name);
        if (is_closed(index))
            closed.push_back(name);
    }
    if (names.empty())
        return {{.check = "index",
                 .severity = Severity::problem,
                 .message = fmt::format("nothing matches {}", shown),
                 .hint = {Remedy::list_indices, url}}};
    Findings out;
    const bool pattern = expression.find_first_of("*,") != std::string::npos;
    const auto named = included_parts(expression);
    // A search ignores closed indices that only a wildcard matches, and fails for other closed ones.
    const bool left_out =
        expression.find('*') != std::string::npos && closed.size() < names.size() &&
        std::ranges::none_of(
            closed, [&](std::string_view name) { return std::ranges::find(named, name) != named.end(); });
    if (!closed.empty())
        out.push_back({.check = "index",
                       .severity = left_out ? Severity::warning : Severity::problem,
                       .message = fmt::format("closed: {}", listed(closed)),
                       .hint = fmt::format("curl -X POST '{}/{}/_open'", url, encoded(closed))});
    for (const std::string& alias : filtered_aliases(indices, named))
        out.push_back({.check = "index",
                       .severity = Severity::warning,
                       .message = fmt::format("the alias {} has a filter: only documents that pass it are counted",
                                              printable(alias, 80)),
                       .hint = Remedy::name_whole_index});
    const bool one = names.size() == 1 && names.front() == expression;
    const bool data_stream =
        std::ranges::all_of(indices, [](const auto& index) { return !data_stream_of(index.value()).empty(); });
    if (names.size() > 1 && !pattern && !data_stream)
        out.push_back({.check = "index",
                       .severity = Severity::warning,
                       .message = fmt::format("{} is an alias of {} indices, and all are counted: {}", shown,
                                              names.size(), listed(names)),
                       .hint = Remedy::name_one_index});
    if (out.empty())
        out.push_back({.check = "index",
                       .message = one ? fmt::format("{} exists and is open", shown)
                                      : fmt::format("{} resolves to {}: open", shown, listed(names))});
    return out;
}

Finding check_refresh(const json::object& indices, const std::string& url) {
    constexpr std::chrono::seconds long_time(30);
    Names never_refreshed;
    Names seldom_refreshed;
    std::string unreadable;
    for (const auto& [name, index] : indices) {
        const std::string interval = setting(index, "index.refresh_interval");
        if (interval.starts_with('-'))
            never_refreshed.push_back(name);
        else if (const auto time = parse_time(interval); time && *time > long_time)
            seldom_refreshed.push_back(name);
        else if (!time && !interval.empty() && unreadable.empty())
            unreadable = fmt::format("{} of {}", printable(interval, 40), printable(std::string_view(name), 60));
    }
    if (!unreadable.empty() && never_refreshed.empty() && seldom_refreshed.empty())
        return health::not_checked("refresh", "cannot read the refresh interval " + unreadable);
    if (never_refreshed.empty() && seldom_refreshed.empty())
        return {.check = "refresh", .message = "new documents are counted within 30 s"};
    const Names& names = never_refreshed.empty() ? seldom_refreshed : never_refreshed;
    return {.check = "refresh",
            .severity = Severity::warning,
            .message = fmt::format("{}: {}, so recent writes are not counted", listed(names),
                                   never_refreshed.empty() ? "refreshed less often than every 30 s"
                                                           : "never refreshed automatically"),
            .hint = {Remedy::refresh_index, change_settings(url, names, R"({"index.refresh_interval":null})")}};
}

Findings check_blocks(const json::object& indices, const std::string& check, Severity deliberate,
                      const std::string& url) {
    Findings out;
    for (const std::string_view block : {"read_only_allow_delete", "read_only", "write"}) {
        const std::string name = fmt::format("index.blocks.{}", block);
        Names blocked;
        for (const auto& [index, value] : indices)
            if (setting(value, name) == "true")
                blocked.push_back(index);
        if (blocked.empty())
            continue;
        const bool full_disk = block == "read_only_allow_delete";
        const std::string unblock = change_settings(url, blocked, fmt::format(R"({{"{}":null}})", name));
        out.push_back({.check = check,
                       .severity = full_disk ? Severity::problem : deliberate,
                       .message = fmt::format("{} cannot be written to ({}{})", listed(blocked), block,
                                              full_disk ? ": a disk was full" : ""),
                       .hint = full_disk ? fmt::format("free disk space; then {}", unblock) : unblock});
    }
    return out;
}

} // namespace health::elasticsearch
