#include <model/backfill.hpp>

#include <fmt/format.h>

namespace health {

std::string describe_population(const Backfill& backfill) {
    std::string out;
    for (const Term& term : backfill.population)
        out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", term.field, term.value);
    return out;
}

std::string capitalized_name(const Backfill& backfill) {
    std::string name = backfill.name;
    if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
        name.front() = static_cast<char>(name.front() - 'a' + 'A');
    return name;
}

} // namespace health
