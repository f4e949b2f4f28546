#include <elasticsearch/prepared_queries.hpp>

#include <base/printable.hpp>
#include <elasticsearch/measurement.hpp>
#include <elasticsearch/rules/ask_engine.hpp>
#include <elasticsearch/rules/mapped_field.hpp>
#include <elasticsearch/rules/range_query.hpp>
#include <elasticsearch/rules/rule_query.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

std::string name_of(const Rule& rule) {
    return fmt::format("rule \"{}\"", printable(rule.text, 100));
}

/// The fields whose mapping decides how the backfill is asked for.
std::vector<std::string> fields_to_know(const Backfill& backfill) {
    std::vector<std::string> out = fields_of(backfill.rules);
    if (backfill.arrivals_since && std::ranges::find(out, *backfill.arrival) == out.end())
        out.push_back(*backfill.arrival);
    return out;
}

Result<json::value> arrivals_query(const Backfill& backfill, const MappedFields& fields, Instant now) {
    const MappedField& field = fields.at(*backfill.arrival);
    const auto unfit = [&](std::string_view why) {
        return Error{
            ErrorKind::rejected,
            fmt::format("{}: the arrival field {} {}", measure_action(backfill), printable(*backfill.arrival, 60), why),
            Remedy::check_rule_field};
    };
    if (field.kind == MappedField::Kind::nowhere)
        return unfit("is not mapped");
    if (field.kind != MappedField::Kind::date)
        return unfit(field.why_not.empty() ? fmt::format("is {}, and not a date", field.types) : field.why_not);
    const ValueRange later{.lower = Bound{.value = Instant(*backfill.arrivals_since)}, .upper = {}};
    return range_query(*backfill.arrival, field, later, now).value_or(json::object{{"match_none", json::object{}}});
}

Result<PreparedQueries> prepare_queries(const Backfill& backfill, const MappedFields& fields, Instant now) {
    PreparedQueries out;
    const auto own = own_fields(backfill);
    for (const Rule& rule : backfill.rules) {
        auto query = broken_query(rule, fields, own, now);
        if (!query)
            return with_context(measure_action(backfill), with_context(name_of(rule), query.error()));
        out.broken.push_back(*std::move(query));
    }
    for (std::string& field : fields_of(backfill.rules))
        if (fields.at(field).kind == MappedField::Kind::nowhere)
            out.unmapped.push_back(std::move(field));
    if (!backfill.arrivals_since)
        return out;
    auto arrivals = arrivals_query(backfill, fields, now);
    if (!arrivals)
        return arrivals.error();
    out.arrivals = *std::move(arrivals);
    return out;
}

} // namespace

std::vector<Result<PreparedQueries>> prepare_queries(const Send& send, std::span<const Backfill> backfills,
                                                     const Deadline& deadline) {
    const Instant now = now_in_milliseconds();
    std::map<std::string, std::vector<std::string>> fields; // of all backfills on an index expression
    for (const Backfill& backfill : backfills)
        for (std::string& field : fields_to_know(backfill))
            if (auto& known = fields[backfill.index]; std::ranges::find(known, field) == known.end())
                known.push_back(std::move(field));
    std::map<std::string, Result<MappedFields>> mapped;
    std::vector<Result<PreparedQueries>> out;
    for (const Backfill& backfill : backfills) {
        if (fields_to_know(backfill).empty()) {
            out.emplace_back(PreparedQueries{});
            continue;
        }
        auto known = mapped.find(backfill.index);
        if (known == mapped.end())
            known = mapped
                        .emplace(backfill.index, map_fields(send, measure_action(backfill), backfill.index,
                                                            fields[backfill.index], deadline))
                        .first;
        out.push_back(known->second ? prepare_queries(backfill, *known->second, now) : known->second.error());
    }
    return out;
}

Error attribute_to_rule(const Send& send, const Backfill& backfill, const PreparedQueries& prepared, Error error,
                        const Deadline& deadline) {
    for (std::size_t i = 0; i < prepared.broken.size(); ++i) {
        const auto alone = try_rule(send, measure_action(backfill), backfill.index, prepared.broken[i], deadline);
        if (!alone && alone.error().kind == ErrorKind::rejected)
            return with_context(name_of(backfill.rules[i]), alone.error());
        if (!alone && (alone.error().kind == ErrorKind::timeout || alone.error().kind == ErrorKind::unreachable))
            break; // the others would fare no better
    }
    return error;
}

} // namespace health::elasticsearch
