#include <model/names.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>

#include <fmt/format.h>

#include <utility>

namespace health {

namespace {

/// As Prometheus requires: [a-zA-Z_:][a-zA-Z0-9_:]*
std::string metric_name(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (is_digit(c) && out.empty())
            out += '_';
        out += is_letter_or_digit(c) || c == ':' ? c : '_';
    }
    return out;
}

} // namespace

std::vector<NumberName> number_names(const Backfill& backfill) {
    const auto& [name, field, field_label] = std::tie(backfill.name, backfill.field, backfill.field_label);
    const std::string capitalized = capitalized_name(backfill);
    const bool flat = backfill.shape == DocumentShape::flat;
    const std::string with_field = fmt::format("with_{}", field);
    std::vector<NumberName> out{
        {.quantity = Quantity::missing,
         .field = field,
         .key = flat ? fmt::format("missing_{}_count", field) : key::missing,
         .label = fmt::format("Missing {} ({})", field_label, name),
         .short_label = fmt::format("missing {}", field_label),
         .column = key::missing,
         .heading = "missing",
         .document_path = key::missing,
         .metric = metric_name(fmt::format("{}_missing_{}", name, field)),
         .help = fmt::format("{} missing {} field", capitalized, field_label)},
        {.quantity = Quantity::present,
         .field = field,
         .key = flat ? fmt::format("{}_{}", name, with_field) : key::present,
         .label = fmt::format("{} with {}", capitalized, field_label),
         .short_label = fmt::format("with {}", field_label),
         .column = with_field,
         .heading = fmt::format("with {}", field),
         .document_path = flat ? with_field : key::present,
         .metric = metric_name(fmt::format("{}_{}", name, with_field)),
         .help = fmt::format("{} with {} populated", capitalized, field_label)},
    };
    for (const std::string& derived : backfill.derived) {
        const std::string with_derived = fmt::format("with_{}", derived);
        out.push_back({.quantity = Quantity::derived,
                       .field = derived,
                       .key = flat ? fmt::format("{}_{}", name, with_derived) : derived,
                       .label = fmt::format("{} with {}", capitalized, derived),
                       .short_label = fmt::format("with {}", derived),
                       .column = with_derived,
                       .heading = fmt::format("with {}", derived),
                       .document_path = flat ? with_derived : fmt::format("{}.{}", key::derived, derived),
                       .metric = metric_name(fmt::format("{}_{}", name, with_derived)),
                       .help = fmt::format("{} with {} field set", capitalized, derived)});
    }
    return out;
}

std::vector<std::uint64_t> values(const Snapshot& snapshot) {
    std::vector<std::uint64_t> out{snapshot.missing, snapshot.present};
    out.insert(out.end(), snapshot.derived.begin(), snapshot.derived.end());
    return out;
}

std::vector<Number> numbers(const Backfill& backfill, const Snapshot& snapshot) {
    std::vector<Number> out;
    const auto counts = values(snapshot);
    for (NumberName& name : number_names(backfill)) {
        const std::size_t i = out.size();
        out.push_back({.name = std::move(name), .value = counts.at(i)});
    }
    return out;
}

std::string describe_no_match(const Backfill& backfill) {
    return fmt::format("no document matches {} in {}", describe_population(backfill), backfill.index);
}

std::string remark(const Backfill& backfill, const Snapshot& snapshot) {
    if (snapshot.population() == 0)
        return describe_no_match(backfill);
    if (!snapshot.unmapped.empty())
        return fmt::format("no document in {} has {}, so no rule about it can be broken yet", backfill.index,
                           join(snapshot.unmapped, " or "));
    std::vector<std::string_view> absent;
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        if (snapshot.derived.at(i) == 0)
            absent.push_back(backfill.derived[i]);
    if (snapshot.missing > 0 || absent.empty())
        return {};
    return fmt::format("no {} in {} have {}, although all have {}", backfill.name, backfill.index, join(absent, " or "),
                       backfill.field_label);
}

std::string describe_broken(const Snapshot& snapshot) {
    std::vector<std::string> out;
    for (const auto& [rule, documents] : snapshot.broken)
        if (documents > 0)
            out.push_back(fmt::format("{} {} {}", documents, documents == 1 ? "breaks" : "break", printable(rule)));
    return join(out, ", ");
}

Snapshot snapshot_from(std::string index, const std::vector<std::uint64_t>& values, Timestamp ts) {
    return {.index = std::move(index),
            .missing = values.at(0),
            .present = values.at(1),
            .derived = {values.begin() + 2, values.end()},
            .ts = ts};
}

} // namespace health
