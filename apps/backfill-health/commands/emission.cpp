#include <commands/emission.hpp>

#include <base/unique_id.hpp>
#include <cli/backfill.hpp>
#include <cli/options.hpp>
#include <model/document.hpp>

namespace cli {

namespace {

const Option spool_folder{.name = "spool",
                          .argument = "DIR",
                          .fallback = "~/.local/state/backfill-health/spool",
                          .help = "where snapshots wait that could not be stored"};

/// XDG Base Directory Specification: $XDG_STATE_HOME, or else ~/.local/state. None without a home.
std::optional<health::Spool> find_spool(Settings& settings) {
    constexpr std::string_view own = "backfill-health/spool";
    if (const auto folder = settings.optional_text(spool_folder)) {
        if (folder->empty())
            settings.fail(spool_folder, "must not be empty");
        return health::Spool(*folder);
    }
    if (const auto state = settings.variable("XDG_STATE_HOME"); state && state->starts_with('/'))
        return health::Spool(std::filesystem::path(*state) / own);
    if (const auto home = settings.variable("HOME"))
        return health::Spool(std::filesystem::path(*home) / ".local/state" / own);
    return std::nullopt;
}

} // namespace

Result<std::string> Emission::emit(health::Store& store, const health::Backfill& backfill,
                                   const health::Snapshot& snapshot, const health::Deadline& deadline) const {
    health::HealthDocument document{.id = health::make_unique_id(), .json = to_document(backfill, snapshot)};
    const auto stored = ship(store, spool ? &*spool : nullptr, health_index, {&document, 1}, deadline).front();
    if (!stored)
        return stored.error();
    return std::move(document.json);
}

Options emission_options() {
    return {&options::health_index, &spool_folder};
}

Emission read_emission(Settings& settings) {
    return {.health_index = read_health_index(settings), .spool = find_spool(settings)};
}

} // namespace cli
