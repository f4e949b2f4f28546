#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/rules/rule_query.hpp>
#include <store/checks.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::elasticsearch {

namespace json = boost::json;

using Kind = MappedField::Kind;

std::string every_field_target(const std::string& index_path) {
    return fmt::format("/{}/_field_caps?fields=*&allow_no_indices=false&filter_path=fields.*.*.type,error,status",
                       index_path);
}

std::vector<std::string> comparable_fields(const json::object& caps) {
    std::vector<std::string> out;
    const json::object* fields = find_object(caps, {"fields"});
    for (const auto& [name, types] : fields == nullptr ? json::object{} : *fields) {
        std::string field = name;
        if (field.starts_with('_')) // of the engine itself
            continue;
        const Kind kind = mapped_field(caps, field).kind;
        if (kind != Kind::nowhere && kind != Kind::unusable)
            out.push_back(std::move(field));
    }
    std::ranges::sort(out);
    return out;
}

std::optional<std::string> foreign_field(const Rule& rule, const MappedFields& fields, const Backfill& backfill) {
    for (const std::string& name : fields_of(rule))
        if (fields.at(name).kind == Kind::nowhere && role_of(backfill, name).empty())
            return name;
    return std::nullopt;
}

Finding check_rule(const Rule& rule, const MappedFields& fields, const Backfill& backfill,
                   std::span<const std::string> known, Instant now) {
    const std::string index = printable(backfill.index, 80);
    if (const auto foreign = foreign_field(rule, fields, backfill))
        return about_rule(rule, Severity::problem,
                          fmt::format("{} is not mapped in {}", printable(*foreign, 60), index),
                          hint_for_unknown_field(*foreign, known));
    if (const auto query = broken_query(rule, fields, own_fields(backfill), now); !query)
        return about_rule(rule, Severity::problem, query.error().message, query.error().hint);
    for (const std::string& name : fields_of(rule))
        if (fields.at(name).kind == Kind::nowhere)
            return about_rule(
                rule, Severity::warning,
                fmt::format("{} is not mapped in {} yet: no document can break it", printable(name, 60), index),
                {Remedy::wait_for_first_run, role_of(backfill, name)});
    return usable_rule(rule);
}

Finding refused_rule(const Rule& rule, const Error& error) {
    if (error.kind == ErrorKind::rejected)
        return about_rule(rule, Severity::problem, error.message, error.hint);
    return health::not_checked("rule", fmt::format("\"{}\": {}", printable(rule.text, 100), error.message), error.hint);
}

} // namespace health::elasticsearch
