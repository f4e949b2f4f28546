#include <cli/configuration/backfill_node.hpp>

#include <base/nearest.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <cli/configuration/backfill_keys.hpp>
#include <model/rules/parser.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace cli {

using yaml::Member;
using yaml::Node;
using yaml::Problem;

namespace {

/// Text that fits on one line of a report.
std::string text(const Node& node, std::string_view key) {
    expect(node, Node::Kind::text, key);
    if (node.scalar.empty())
        throw Problem{node.line, fmt::format("{} must not be empty", key)};
    if (health::has_control_characters(node.scalar))
        throw Problem{node.line, fmt::format("{} must not have control characters", key)};
    return node.scalar;
}

std::vector<std::string> texts(const Node& node, std::string_view key) {
    expect(node, Node::Kind::list, key);
    std::vector<std::string> out;
    for (const Node& item : node.items) {
        std::string one = text(item, fmt::format("an entry of {}", key));
        if (std::ranges::find(out, one) != out.end())
            throw Problem{item.line, fmt::format("{} is given twice in {}", health::printable(one, 80), key)};
        out.push_back(std::move(one));
    }
    return out;
}

/// A value of a field: any scalar, as it was written.
std::string field_value(const Node& node, const std::string& field) {
    if (!node.is_scalar() || node.kind == Node::Kind::null)
        throw Problem{node.line,
                      fmt::format("population: {} must be a value or a list of values", health::printable(field, 80))};
    return node.scalar;
}

std::vector<health::Term> terms(const Node& node) {
    expect(node, Node::Kind::mapping, backfill_key::population);
    std::vector<health::Term> out;
    for (const Member& member : node.members) {
        if (member.key.empty())
            throw Problem{member.line, "population: a field's name must not be empty"};
        health::Term term{.field = member.key, .values = {}};
        if (member.value.kind == Node::Kind::list) {
            if (member.value.items.empty())
                throw Problem{member.value.line,
                              fmt::format("population: {} must have a value", health::printable(member.key, 80))};
            for (const Node& item : member.value.items)
                term.values.push_back(field_value(item, member.key));
        } else {
            term.values.push_back(field_value(member.value, member.key));
        }
        out.push_back(std::move(term));
    }
    return out;
}

/// Blanks around commas are dropped. A path separator would lead out of the store's folder, or change the URL's path.
std::string index_names(const Node& node, std::string_view key) {
    const std::vector<std::string> names = health::split_list(text(node, key));
    for (const std::string& name : names)
        for (const std::string_view segment : health::split(name, '/'))
            if (segment == "." || segment == "..")
                throw Problem{node.line, fmt::format("{} is not a name: {}", key, health::printable(name, 80))};
    return health::join(names, ",");
}

/// As JSON that readers accept: they limit how deep it may be nested.
std::string query(const Node& node, std::string_view key) {
    expect(node, Node::Kind::mapping, key);
    std::string out = to_json(node);
    boost::system::error_code failure;
    boost::json::parse(out, failure);
    if (failure == boost::json::error::too_deep)
        throw Problem{node.line,
                      fmt::format("{} is nested more than {} levels deep", key, boost::json::parse_options().max_depth),
                      fmt::format("use {} for a part of it", backfill_key::population)};
    if (failure)
        throw Problem{node.line, fmt::format("{} cannot be written as JSON: {}", key, failure.message())};
    return out;
}

std::uint64_t whole_number(const Node& node, std::string_view key) {
    const auto value = node.kind == Node::Kind::number ? health::parse_number<std::uint64_t>(node.scalar)
                                                       : std::optional<std::uint64_t>();
    if (!value)
        throw Problem{node.line, fmt::format("{} must be a whole number, 0 or more", key)};
    return *value;
}

double share(const Node& node, std::string_view key) {
    const std::string_view written = node.scalar;
    const auto value = node.kind == Node::Kind::number
                           ? health::parse_number<double>(written.substr(written.starts_with('+') ? 1 : 0))
                           : std::optional<double>();
    if (!value || !(*value >= 0 && *value <= 1))
        throw Problem{node.line, fmt::format("{} must be a number from 0 to 1", key), "95 % is 0.95"};
    return *value;
}

void check_fields(const Node& node, const health::Backfill& backfill) {
    for (const Member& member : node.members)
        if (member.key == backfill_key::derived)
            for (const Node& item : member.value.items)
                if (item.scalar == backfill.field)
                    throw Problem{item.line,
                                  fmt::format("{} and {} are both {}", backfill_key::field, backfill_key::derived,
                                              health::printable(item.scalar, 80)),
                                  "they must be different fields"};
}

std::vector<health::Rule> rules(const Node& node, const health::Backfill& backfill) {
    std::vector<health::Rule> out;
    for (const Node& item : node.items) {
        auto rule = health::parse_rule(item.scalar, own_fields(backfill));
        if (!rule)
            throw Problem{item.line, rule.error().message, rule.error().hint.sentence()};
        if (std::ranges::find(out, rule->text, &health::Rule::text) != out.end())
            throw Problem{item.line, fmt::format("the rule {} is given twice", rule->text)};
        out.push_back(*std::move(rule));
    }
    return out;
}

struct Key {
    std::string_view name;
    void (*read)(const Member& member, ConfiguredBackfill& out);
};

constexpr Key keys[] = {
    {backfill_key::name,
     [](const Member& member, ConfiguredBackfill& out) { out.backfill.name = text(member.value, member.key); }},
    {backfill_key::index,
     [](const Member& member, ConfiguredBackfill& out) { out.backfill.index = index_names(member.value, member.key); }},
    {backfill_key::population,
     [](const Member& member, ConfiguredBackfill& out) { out.backfill.population = terms(member.value); }},
    {backfill_key::query,
     [](const Member& member, ConfiguredBackfill& out) {
         out.backfill.query = query(member.value, member.key);
         out.query_line = member.line;
     }},
    {backfill_key::field,
     [](const Member& member, ConfiguredBackfill& out) { out.backfill.field = text(member.value, member.key); }},
    {backfill_key::derived,
     [](const Member& member, ConfiguredBackfill& out) { out.backfill.derived = texts(member.value, member.key); }},
    {backfill_key::arrival,
     [](const Member& member, ConfiguredBackfill& out) { out.backfill.arrival = text(member.value, member.key); }},
    {backfill_key::max_missing,
     [](const Member& member, ConfiguredBackfill& out) {
         out.backfill.thresholds.max_missing = whole_number(member.value, member.key);
     }},
    {backfill_key::min_coverage,
     [](const Member& member, ConfiguredBackfill& out) {
         out.backfill.thresholds.min_coverage = share(member.value, member.key);
     }},
    // Understood when the fields are known.
    {backfill_key::rules, [](const Member& member, ConfiguredBackfill&) { texts(member.value, member.key); }},
};

std::vector<std::string_view> names_of_keys() {
    std::vector<std::string_view> out;
    for (const Key& key : keys)
        out.push_back(key.name);
    return out;
}

void require(const Node& node, const health::Backfill& backfill) {
    for (const auto& [key, value] : {std::pair{backfill_key::name, &backfill.name},
                                     {backfill_key::index, &backfill.index},
                                     {backfill_key::field, &backfill.field}})
        if (value->empty())
            throw Problem{node.line, fmt::format("{} is missing", key),
                          fmt::format("a backfill needs {}, {} and {}", backfill_key::name, backfill_key::index,
                                      backfill_key::field)};
}

} // namespace

void expect(const Node& node, Node::Kind kind, std::string_view key) {
    if (node.kind == kind)
        return;
    const bool quotes_help = kind == Node::Kind::text && node.is_scalar() && node.kind != Node::Kind::null;
    throw Problem{node.line, fmt::format("{} must be {}, but is {}", key, to_string(kind), to_string(node.kind)),
                  quotes_help ? fmt::format("write it in quotes: \"{}\"", health::printable(node.scalar, 40)) : ""};
}

Problem unknown_key(const Member& member, const std::vector<std::string_view>& known) {
    const auto guess = health::nearest(member.key, known);
    return {member.line, fmt::format("unknown key {}", health::printable(member.key, 80)),
            guess ? fmt::format("did you mean {}?", *guess) : fmt::format("use one of {}", health::join(known, ", "))};
}

ConfiguredBackfill read_backfill_node(const Node& node) {
    expect(node, Node::Kind::mapping, "an entry of backfills");
    ConfiguredBackfill out{.backfill = {}, .line = node.line, .query_line = {}};
    for (const Member& member : node.members) {
        const auto key = std::ranges::find(keys, member.key, &Key::name);
        if (key == std::end(keys))
            throw unknown_key(member, names_of_keys());
        key->read(member, out);
    }
    require(node, out.backfill);
    check_fields(node, out.backfill);
    for (const Member& member : node.members)
        if (member.key == backfill_key::rules)
            out.backfill.rules = rules(member.value, out.backfill);
    return out;
}

} // namespace cli
