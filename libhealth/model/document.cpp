#include <model/document.hpp>

#include <base/printable.hpp>
#include <model/members.hpp>
#include <model/names.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace health {

namespace json = boost::json;

namespace {

std::string python_string(std::string_view text) {
    const char quote =
        text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : text) {
        if (c == quote || c == '\\')
            out += {'\\', c};
        else if (c == '\t')
            out += "\\t";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + quote;
}

std::string python_literal(const json::value& value) {
    if (const auto* text = value.if_string())
        return python_string(*text);
    const auto* object = value.if_object();
    if (object == nullptr)
        return json::serialize(value);
    std::string out;
    for (const auto& member : *object)
        out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", python_string(member.key()),
                           python_literal(member.value()));
    return "{" + out + "}";
}

} // namespace

json::object to_document(const Backfill& backfill, const Snapshot& snapshot) {
    const bool nested = backfill.shape == DocumentShape::nested;
    json::object document = snapshot_members(backfill, snapshot, MembersOf::document);
    if (nested || !snapshot.broken.empty()) {
        document[key::broken] = total_broken(snapshot);
        document[key::rules] = rule_members(snapshot);
    }
    document[key::ts] = to_rfc3339(snapshot.ts);
    return document;
}

std::string to_python_literal(const Backfill& backfill, const Snapshot& snapshot) {
    return python_literal(to_document(backfill, snapshot));
}

std::vector<FieldMapping> health_mapping(std::span<const Backfill> backfills) {
    std::vector<FieldMapping> out;
    std::set<std::string> known;
    const auto add = [&](FieldMapping field) {
        if (known.insert(field.field).second)
            out.push_back(std::move(field));
    };
    for (const Backfill& backfill : backfills) {
        const bool nested = backfill.shape == DocumentShape::nested;
        if (nested)
            add({.field = key::backfill, .type = "keyword"});
        add({.field = key::index, .type = "keyword"});
        for (NumberName& name : number_names(backfill))
            add({.field = std::move(name.document_path), .type = "integer"});
        if (nested || !backfill.rules.empty()) {
            add({.field = key::broken, .type = "integer"});
            add({.field = key::rules, .type = "object", .enabled = false});
        }
        add({.field = key::ts, .type = "date"});
    }
    return out;
}

Result<void> check_mapping(std::span<const FieldMapping> mapping) {
    std::vector<std::string_view> sorted;
    for (const FieldMapping& field : mapping)
        sorted.push_back(field.field);
    std::ranges::sort(sorted);
    for (const std::string_view inner : sorted)
        for (std::size_t dot = inner.find('.'); dot != std::string_view::npos; dot = inner.find('.', dot + 1)) {
            const std::string_view outer = inner.substr(0, dot);
            if (std::ranges::binary_search(sorted, outer))
                return Error{ErrorKind::rejected,
                             fmt::format("the fields {} and {} cannot both be in one index: one is part of the other",
                                         printable(outer, 80), printable(inner, 80)),
                             "use a separate health index for each of their backfills"};
        }
    return {};
}

} // namespace health
