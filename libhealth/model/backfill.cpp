#include <model/backfill.hpp>

#include <base/text.hpp>

#include <fmt/format.h>

namespace health {

std::vector<std::string> own_fields(const Backfill& backfill) {
    std::vector<std::string> out{backfill.field};
    out.insert(out.end(), backfill.derived.begin(), backfill.derived.end());
    return out;
}

std::string describe_population(const Backfill& backfill) {
    std::vector<std::string> conditions;
    for (const Term& term : backfill.population)
        conditions.push_back(fmt::format("{}: {}", term.field, join(term.values, " or ")));
    if (backfill.query)
        conditions.push_back(*backfill.query);
    return conditions.empty() ? "all documents" : join(conditions, ", ");
}

std::string capitalized_name(const Backfill& backfill) {
    std::string name = backfill.name;
    if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
        name.front() = static_cast<char>(name.front() - 'a' + 'A');
    return name;
}

} // namespace health
