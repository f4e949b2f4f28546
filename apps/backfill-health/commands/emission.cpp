#include <commands/emission.hpp>

#include <base/unique_id.hpp>
#include <cli/options.hpp>
#include <model/document.hpp>

namespace cli {

namespace {

const Option spool_folder{"spool", "DIR", "", "~/.local/state/backfill-health/spool",
                          "where snapshots wait that cannot be stored"};

/// XDG Base Directory Specification: $XDG_STATE_HOME, or else ~/.local/state. None without a home.
std::optional<health::Spool> find_spool(const Arguments& arguments) {
    constexpr std::string_view own = "backfill-health/spool";
    if (auto folder = arguments.flag(spool_folder))
        return health::Spool(*std::move(folder));
    if (const auto state = arguments.variable("XDG_STATE_HOME"); state && state->starts_with('/'))
        return health::Spool(std::filesystem::path(*state) / own);
    if (const auto home = arguments.variable("HOME"))
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

Result<Emission> read_emission(const Arguments& arguments) {
    auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    return Emission{.health_index = *std::move(health_index), .spool = find_spool(arguments)};
}

} // namespace cli
