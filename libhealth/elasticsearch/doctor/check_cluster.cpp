#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/doctor/checks.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

/// "85%", "0.85", "50gb": a number and what follows it.
std::optional<std::pair<double, std::string_view>> parse_quantity(std::string_view text) {
    text = trim(text);
    const auto number = take_number<double>(text);
    return number ? std::optional(std::pair(*number, text)) : std::nullopt;
}

/// As Elasticsearch writes sizes; none for -1, which means no limit.
std::optional<double> parse_bytes(std::string_view text) {
    constexpr std::array units{"b", "kb", "mb", "gb", "tb", "pb"};
    const auto parsed = parse_quantity(text);
    if (!parsed || parsed->first < 0)
        return std::nullopt;
    double factor = 1;
    for (const std::string_view unit : units) {
        if (iequals(parsed->second, unit))
            return parsed->first * factor;
        factor *= 1024;
    }
    return std::nullopt;
}

/// How many bytes must be free on a disk of this size.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/modules-cluster.html#disk-based-shard-allocation
std::optional<double> free_bytes_needed(const std::string& watermark, const std::string& max_headroom, double total) {
    const auto parsed = parse_quantity(watermark);
    if (!parsed)
        return std::nullopt;
    const bool percent = parsed->second == "%";
    if (!percent && !parsed->second.empty())
        return parse_bytes(watermark);
    const double used = percent ? parsed->first / 100 : parsed->first;
    if (used < 0 || used > 1)
        return std::nullopt;
    const double needed = total * (1 - used);
    const auto headroom = parse_bytes(max_headroom);
    return headroom ? std::min(needed, *headroom) : needed;
}

std::string setting(const json::object& settings, std::string_view name) {
    const std::string key = fmt::format("cluster.routing.allocation.disk.{}", name);
    for (const std::string_view kind : {"transient", "persistent", "defaults"})
        if (std::string value = find_text(settings, {kind, key}); !value.empty())
            return value;
    return {};
}

bool holds_data(const json::object& node) {
    const json::array* roles = find_array(node, {"roles"});
    return roles == nullptr || std::ranges::any_of(*roles, [](const json::value& role) {
               return role.is_string() && std::string_view(role.get_string()).starts_with("data");
           });
}

struct Watermark {
    std::string_view name;
    std::string_view meaning;
    Severity severity;
};

/// A node of the frozen tier alone fills most of its disk with its cache: of the watermarks, only its own applies.
bool is_frozen_only(const json::object& node) {
    const json::array* roles = find_array(node, {"roles"});
    return roles != nullptr && std::ranges::all_of(*roles, [](const json::value& role) {
               return !role.is_string() || !std::string_view(role.get_string()).starts_with("data") ||
                      role == "data_frozen";
           });
}

std::vector<Watermark> watermarks(const json::object& node) {
    if (is_frozen_only(node))
        return {{"flood_stage.frozen", "its cache of searchable snapshots has too little room", Severity::warning}};
    return {{"flood_stage", "indices on it become read-only", Severity::problem},
            {"high", "shards move away from it", Severity::problem},
            {"low", "it takes no new shards", Severity::warning}};
}

Finding check_disk(const json::object& settings, const json::object& node) {
    const auto total = find_count(node, {"fs", "total", "total_in_bytes"});
    const auto available = find_count(node, {"fs", "total", "available_in_bytes"});
    const std::string name = printable(find_text(node, {"name"}), 80);
    if (!total || !available || *total == 0)
        return health::not_checked("disk", fmt::format("node {} does not say how full its disk is", name));
    const auto size = static_cast<double>(*total);
    const auto free = static_cast<double>(*available);
    // Rounded down: only a full one is 100 % full.
    const std::string used =
        fmt::format("the disk of node {} is {:.0f} % full", name, std::floor(100 * (1 - free / size)));
    bool unknown = false;
    for (const auto& [watermark, meaning, severity] : watermarks(node)) {
        const auto needed =
            free_bytes_needed(setting(settings, fmt::format("watermark.{}", watermark)),
                              setting(settings, fmt::format("watermark.{}.max_headroom", watermark)), size);
        unknown = unknown || !needed;
        if (needed && free < *needed)
            return Finding{.check = "disk",
                           .severity = severity,
                           .message = fmt::format("{}, over the {} watermark: {}", used, watermark, meaning),
                           .hint = "delete what is not needed, or add a disk or a node"};
    }
    if (unknown)
        return health::not_checked("disk", fmt::format("{}, but the answer does not have all watermarks", used));
    return Finding{.check = "disk", .message = used};
}

/// The nodes that did not answer, of all that were asked.
std::optional<std::string> silent_nodes(const json::object& nodes) {
    const auto failed = find_count(nodes, {"_nodes", "failed"});
    return failed.value_or(0) > 0 ? std::optional(count_of(*failed, "node") + " did not answer") : std::nullopt;
}

} // namespace

Finding check_cluster(const json::object& health, const std::string& url) {
    const std::string status = find_text(health, {"status"});
    const auto unassigned = find_count(health, {"unassigned_shards"});
    if (status == "green")
        return {.check = "cluster", .message = "green: all shards of these indices are assigned"};
    if ((status != "yellow" && status != "red") || !unassigned)
        return health::not_checked("cluster", "the answer has no status");
    const std::string why = fmt::format("curl '{}/_cluster/allocation/explain?pretty' says why", url);
    if (status == "red")
        return {.check = "cluster",
                .severity = Severity::problem,
                .message = fmt::format("red: primary shards are missing, and their documents with them; {} unassigned",
                                       count_of(*unassigned, "shard")),
                .hint = why};
    return {.check = "cluster",
            .severity = Severity::warning,
            .message = fmt::format("yellow: {} unassigned", count_of(*unassigned, "replica shard")),
            .hint = why};
}

std::optional<Finding> check_cluster_blocks(const json::object& settings, const std::string& url) {
    for (const std::string_view kind : {"transient", "persistent"})
        for (const std::string_view block : {"read_only", "read_only_allow_delete"}) {
            const std::string name = fmt::format("cluster.blocks.{}", block);
            if (find_text(settings, {kind, name}) == "true")
                return Finding{.check = "blocks",
                               .severity = Severity::problem,
                               .message = fmt::format("the whole cluster cannot be written to ({})", name),
                               .hint = fmt::format("curl -X PUT '{}/_cluster/settings' -H 'Content-Type: "
                                                   R"(application/json' -d '{{"{}":{{"{}":null}}}}')",
                                                   url, kind, name)};
        }
    return std::nullopt;
}

Findings check_disks(const json::object& settings, const json::object& nodes) {
    if (setting(settings, "threshold_enabled") == "false")
        return {{.check = "disk", .message = "the disk watermarks are disabled"}};
    const json::object* all = find_object(nodes, {"nodes"});
    Findings out;
    std::size_t fine = 0;
    for (const auto& [id, value] : all == nullptr ? json::object{} : *all) {
        if (!value.is_object() || !holds_data(value.get_object()))
            continue;
        Finding finding = check_disk(settings, value.get_object());
        if (finding.severity == Severity::ok && fine++ > 0)
            continue;
        out.push_back(std::move(finding));
    }
    if (const auto silent = silent_nodes(nodes))
        out.push_back(health::not_checked("disk", *silent));
    if (out.empty())
        return {health::not_checked("disk", "the answer lists no data nodes")};
    if (fine > 0 && out.size() > 1)
        std::erase_if(out, [](const Finding& finding) { return finding.severity == Severity::ok; });
    else if (fine > 1)
        out.front().message = fmt::format("the disks of {} nodes are below the watermarks", fine);
    return out;
}

Finding check_clock(const json::object& nodes, std::chrono::milliseconds asked, std::chrono::milliseconds answered) {
    using std::chrono::seconds;
    constexpr seconds worth_a_warning(30);
    constexpr seconds wrong(300);
    const json::object* all = find_object(nodes, {"nodes"});
    std::optional<seconds> worst;
    std::string who;
    for (const auto& [id, value] : all == nullptr ? json::object{} : *all) {
        const auto time = value.is_object() ? find_count(value.get_object(), {"timestamp"}) : std::nullopt;
        if (!time || *time > static_cast<std::uint64_t>(std::chrono::milliseconds(std::chrono::years(10000)).count()))
            continue;
        // The node read its clock at some time between the two.
        const std::chrono::milliseconds then(*time);
        const auto off = then < asked ? then - asked : then > answered ? then - answered : std::chrono::milliseconds(0);
        const auto difference = std::chrono::duration_cast<seconds>(off);
        if (!worst || std::chrono::abs(difference) > std::chrono::abs(*worst)) {
            worst = difference;
            who = printable(find_text(value.get_object(), {"name"}), 80);
        }
    }
    if (!worst)
        return health::not_checked("clock", "the answer has no time");
    const auto size = std::chrono::abs(*worst);
    if (size <= worth_a_warning) {
        const auto silent = silent_nodes(nodes);
        return silent ? health::not_checked("clock", *silent)
                      : Finding{.check = "clock", .message = "in sync with this machine"};
    }
    return {.check = "clock",
            .severity = size > wrong ? Severity::problem : Severity::warning,
            .message = fmt::format("the clock of node {} is {} {}", who, to_string(std::chrono::milliseconds(size)),
                                   worst->count() < 0 ? "behind ours" : "ahead of ours"),
            .hint = "synchronise both clocks, for example with chrony; timedatectl status shows their state"};
}

} // namespace health::elasticsearch
