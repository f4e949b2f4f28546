#include <cli/configuration/configuration.hpp>

#include <base/printable.hpp>
#include <base/url.hpp>
#include <cli/configuration/yaml.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cli {

using yaml::Member;
using yaml::Node;
using yaml::Problem;

namespace {

/// A configuration file is shared, copied and committed: no place for a password.
void refuse_password(const Node& node, std::string_view key) {
    if (key.ends_with("url") && health::user_information(node.scalar))
        throw Problem{node.line, fmt::format("{} must not have a user name or a password", key),
                      "use username and password-file"};
}

std::string setting_value(const Member& member) {
    const Node& value = member.value;
    if (value.kind == Node::Kind::null || !value.is_scalar())
        throw Problem{value.line, fmt::format("{} must be one value, but is {}", member.key, to_string(value.kind))};
    refuse_password(value, member.key);
    return value.scalar;
}

std::map<std::string, ConfiguredValue, std::less<>> read_settings(const Node& node,
                                                                  const std::vector<std::string_view>& known) {
    std::map<std::string, ConfiguredValue, std::less<>> out;
    if (node.kind == Node::Kind::null)
        return out;
    expect(node, Node::Kind::mapping, "settings");
    for (const Member& member : node.members) {
        if (std::ranges::find(known, member.key) == known.end())
            throw unknown_key(member, known);
        out[member.key] = {.value = setting_value(member), .line = member.line};
    }
    return out;
}

std::vector<ConfiguredBackfill> read_backfills(const Node& node) {
    expect(node, Node::Kind::list, "backfills");
    if (node.items.empty())
        throw Problem{node.line, "backfills is empty", "name one, or remove it"};
    std::vector<ConfiguredBackfill> out;
    std::map<std::string_view, std::size_t> lines;
    out.reserve(node.items.size());
    for (const Node& item : node.items) {
        const ConfiguredBackfill& read = out.emplace_back(read_backfill_node(item));
        const auto [first, is_new] = lines.emplace(read.backfill.name, read.line);
        if (!is_new)
            throw Problem{read.line,
                          fmt::format("a second backfill is named {}", health::printable(read.backfill.name, 80)),
                          fmt::format("the first one is on line {}", first->second)};
    }
    return out;
}

Configuration read(const Node& node, const std::string& file, const std::vector<std::string_view>& known) {
    Configuration out{.file = file};
    if (node.kind == Node::Kind::null)
        return out;
    expect(node, Node::Kind::mapping, "the file");
    for (const Member& member : node.members) {
        if (member.key == "settings")
            out.settings = read_settings(member.value, known);
        else if (member.key == "backfills")
            out.backfills = read_backfills(member.value), out.backfills_line = member.line;
        else
            throw unknown_key(member, {"settings", "backfills"});
    }
    return out;
}

} // namespace

health::Result<Configuration> parse_configuration(const std::string& text, const std::string& file,
                                                  const std::vector<std::string_view>& known) {
    try {
        return read(yaml::parse(text), file, known);
    } catch (const Problem& problem) {
        return health::Error{health::ErrorKind::usage,
                             fmt::format("{}:{}: {}", health::printable(file, 150), problem.line, problem.message),
                             problem.hint};
    }
}

} // namespace cli
