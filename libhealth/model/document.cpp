#include <model/document.hpp>

#include <model/names.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health {

namespace json = boost::json;

namespace {

json::object members(const Backfill& backfill, const Snapshot& snapshot) {
    constexpr std::string_view into_derived = "derived.";
    const bool nested = backfill.shape == DocumentShape::nested;
    json::object document;
    if (nested)
        document["backfill"] = backfill.name;
    document["index"] = snapshot.index;
    json::object derived;
    for (const auto& [name, value] : numbers(backfill, snapshot)) {
        if (nested && name.quantity == Quantity::derived)
            derived[name.document_path.substr(into_derived.size())] = value;
        else
            document[name.document_path] = value;
    }
    if (nested)
        document["derived"] = std::move(derived);
    document["ts"] = to_rfc3339(snapshot.ts);
    return document;
}

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

std::string to_document(const Backfill& backfill, const Snapshot& snapshot) {
    return json::serialize(members(backfill, snapshot));
}

std::string to_python_literal(const Backfill& backfill, const Snapshot& snapshot) {
    return python_literal(members(backfill, snapshot));
}

std::vector<FieldMapping> health_mapping(const Backfill& backfill) {
    std::vector<FieldMapping> out;
    if (backfill.shape == DocumentShape::nested)
        out.push_back({"backfill", "keyword"});
    out.push_back({"index", "keyword"});
    for (const NumberName& name : number_names(backfill))
        out.push_back({name.document_path, "integer"});
    out.push_back({"ts", "date"});
    return out;
}

} // namespace health
