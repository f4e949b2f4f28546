#include <elasticsearch/prepare_rules.hpp>

#include <base/printable.hpp>
#include <elasticsearch/measurement.hpp>
#include <elasticsearch/rules/ask_engine.hpp>
#include <elasticsearch/rules/mapped_field.hpp>
#include <elasticsearch/rules/rule_query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <map>
#include <utility>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

std::string name_of(const Rule& rule) {
    return fmt::format("rule \"{}\"", printable(rule.text, 100));
}

Result<PreparedRules> prepare(const Backfill& backfill, const MappedFields& fields, Instant now) {
    PreparedRules out;
    const auto own = own_fields(backfill);
    for (const Rule& rule : backfill.rules) {
        auto query = broken_query(rule, fields, own, now);
        if (!query)
            return with_context(measure_action(backfill), with_context(name_of(rule), query.error()));
        out.broken.push_back(*std::move(query));
    }
    for (std::string& field : fields_of(backfill.rules))
        if (fields.at(field).kind == MappedField::Kind::nowhere)
            out.unknown.push_back(std::move(field));
    return out;
}

} // namespace

std::vector<Result<PreparedRules>> prepare_rules(remote::Service& service, std::span<const Backfill> backfills,
                                                 const Deadline& deadline) {
    const Instant now = now_in_milliseconds();
    std::map<std::string, std::vector<std::string>> fields; // of all backfills on an index expression
    for (const Backfill& backfill : backfills)
        for (std::string& field : fields_of(backfill.rules))
            if (auto& known = fields[backfill.index]; std::ranges::find(known, field) == known.end())
                known.push_back(std::move(field));
    std::map<std::string, Result<MappedFields>> mapped;
    std::vector<Result<PreparedRules>> out;
    for (const Backfill& backfill : backfills) {
        if (backfill.rules.empty()) {
            out.emplace_back(PreparedRules{});
            continue;
        }
        auto known = mapped.find(backfill.index);
        if (known == mapped.end())
            known = mapped
                        .emplace(backfill.index, map_fields(service, measure_action(backfill), backfill.index,
                                                            fields[backfill.index], deadline))
                        .first;
        out.push_back(known->second ? prepare(backfill, *known->second, now) : known->second.error());
    }
    return out;
}

Error blame_rule(remote::Service& service, const Backfill& backfill, const PreparedRules& rules, Error error,
                 const Deadline& deadline) {
    for (std::size_t i = 0; i < rules.broken.size(); ++i) {
        const auto alone = try_rule(service, measure_action(backfill), backfill.index, rules.broken[i], deadline);
        if (!alone && alone.error().kind == ErrorKind::rejected)
            return with_context(name_of(backfill.rules[i]), alone.error());
        if (!alone && (alone.error().kind == ErrorKind::timeout || alone.error().kind == ErrorKind::unreachable))
            break; // the others would fare no better
    }
    return error;
}

} // namespace health::elasticsearch
