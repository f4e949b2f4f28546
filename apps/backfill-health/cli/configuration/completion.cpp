#include <cli/configuration/completion.hpp>

#include <cli/options.hpp>

#include <fmt/format.h>

namespace cli {

void complete(health::Backfill& backfill) {
    const bool is_default = backfill.name == options::name.fallback && backfill.field == options::field.fallback &&
                            backfill.derived == std::vector{std::string(options::derived.fallback)};
    backfill.shape = is_default ? health::DocumentShape::flat : health::DocumentShape::nested;
    backfill.field_label = is_default ? fmt::format("{}[]", backfill.field) : backfill.field;
}

} // namespace cli
