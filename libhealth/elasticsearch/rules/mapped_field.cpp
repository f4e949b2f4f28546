#include <elasticsearch/rules/mapped_field.hpp>

#include <base/printable.hpp>
#include <base/time.hpp>
#include <elasticsearch/api/field_caps.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

using Kind = MappedField::Kind;

struct KnownType {
    std::string_view name;
    Kind kind;
    ExactNumber smallest = 0;
    ExactNumber greatest = 0;
};

template <class Integer>
KnownType whole(std::string_view name) {
    using Limits = std::numeric_limits<Integer>;
    return {.name = name,
            .kind = Kind::whole,
            .smallest = static_cast<ExactNumber>(Limits::min()),
            .greatest = static_cast<ExactNumber>(Limits::max())};
}

KnownType fractional(std::string_view name, double greatest) {
    return {.name = name, .kind = Kind::fractional, .smallest = -greatest, .greatest = greatest};
}

KnownType date(std::string_view name, std::string_view first, std::string_view last) {
    const auto milliseconds = [](std::string_view text) {
        return static_cast<ExactNumber>(parse_iso_date(text)->time_since_epoch().count());
    };
    return {.name = name, .kind = Kind::date, .smallest = milliseconds(first), .greatest = milliseconds(last)};
}

const std::vector<KnownType>& known_types() {
    constexpr double greatest_half_float = 65504;
    static const std::vector<KnownType> types{
        whole<std::int8_t>("byte"),
        whole<std::int16_t>("short"),
        whole<std::int32_t>("integer"),
        whole<std::int64_t>("long"),
        whole<std::uint64_t>("unsigned_long"),
        fractional("half_float", greatest_half_float),
        fractional("float", std::numeric_limits<float>::max()),
        fractional("double", std::numeric_limits<double>::max()),
        fractional("scaled_float", std::numeric_limits<double>::max()),
        // Dates are written with four digits for the year.
        date("date", "0001-01-01", "9999-12-31T23:59:59.999"),
        date("date_nanos", "1970-01-01", "2262-04-11T23:47:16.854"),
        {.name = "keyword", .kind = Kind::keyword},
        {.name = "constant_keyword", .kind = Kind::keyword},
        {.name = "wildcard", .kind = Kind::keyword},
        {.name = "boolean", .kind = Kind::boolean},
    };
    return types;
}

/// Null when it is not known.
const KnownType* find_type(std::string_view name) {
    const auto found = std::ranges::find(known_types(), name, &KnownType::name);
    return found == known_types().end() ? nullptr : &*found;
}

/// What is inside of these is not in the documents that a query sees, or has no mapping of its own.
std::optional<std::string> enclosed_by(const json::object& caps, const std::string& field) {
    for (const std::string& object : {nested_around(caps, field), flattened_around(caps, field)})
        if (!object.empty() && object != field)
            return fmt::format("is in {}, which is {}", printable(object, 60), field_caps(caps, object).as);
    return std::nullopt;
}

MappedField unusable(std::string types, std::string why) {
    return {.kind = Kind::unusable, .types = std::move(types), .why_not = std::move(why)};
}

} // namespace

MappedField::Kind kind_of_type(std::string_view engine_type) {
    const KnownType* known = find_type(engine_type);
    return known == nullptr ? Kind::unusable : known->kind;
}

std::vector<std::string> field_types_targets(const std::string& index_path, std::span<const std::string> fields) {
    constexpr std::size_t longest_list = 500; // bytes; the index expression may be long as well
    std::vector<std::string> lists;
    for (const std::string& field : fields) {
        std::string more = caps_names(field);
        if (lists.empty() || lists.back().size() + more.size() > longest_list)
            lists.push_back(std::move(more));
        else
            lists.back() += "," + more;
    }
    for (std::string& list : lists)
        list = fmt::format("/{}/_field_caps?fields={}&allow_no_indices=false", index_path, list);
    return lists;
}

MappedField mapped_field(const json::object& caps, const std::string& field) {
    if (auto why = enclosed_by(caps, field))
        return unusable({}, *std::move(why));
    const FieldCaps mapping = field_caps(caps, field);
    if (mapping.types.empty())
        return {};
    MappedField out{.types = mapping.as};
    for (const std::string& name : mapping.types) {
        const KnownType* known = find_type(name);
        if (known == nullptr)
            return unusable(out.types, fmt::format("is {}", out.types));
        const bool first = out.kind == Kind::nowhere;
        if (!first && out.kind != known->kind)
            return unusable(out.types, fmt::format("is {} in different indices", out.types));
        out.kind = known->kind;
        out.smallest = first ? known->smallest : std::min(out.smallest, known->smallest);
        out.greatest = first ? known->greatest : std::max(out.greatest, known->greatest);
    }
    return out;
}

} // namespace health::elasticsearch
