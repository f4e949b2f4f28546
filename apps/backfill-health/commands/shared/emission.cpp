#include <commands/shared/emission.hpp>

#include <base/unique_id.hpp>
#include <cli/backfill.hpp>
#include <cli/base_directory.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <model/document.hpp>

namespace cli {

namespace {

const Option spool_folder{.name = "spool",
                          .argument = "DIR",
                          .fallback = "~/.local/state/backfill-health/spool",
                          .help = "folder for snapshots that could not be stored yet",
                          .also_in_file = true};

std::optional<health::Spool> find_spool(Settings& settings) {
    if (const auto folder = settings.optional_text(spool_folder)) {
        if (folder->empty())
            settings.fail(spool_folder, "must not be empty");
        return health::Spool(*folder);
    }
    const auto state = base_directory(settings, "XDG_STATE_HOME", ".local/state");
    return state ? std::optional(health::Spool(*state / "backfill-health/spool")) : std::nullopt;
}

} // namespace

std::vector<Result<std::optional<boost::json::object>>>
Emission::emit(health::Store& store, std::span<const health::Backfill> backfills,
               std::span<const std::optional<health::Snapshot>> snapshots, const health::Deadline& deadline) const {
    std::vector<health::HealthDocument> documents;
    for (std::size_t i = 0; i < snapshots.size(); ++i)
        if (snapshots[i])
            documents.push_back({.id = health::make_unique_id(), .content = to_document(backfills[i], *snapshots[i])});
    std::vector<Result<std::optional<boost::json::object>>> out(snapshots.size(), std::nullopt);
    if (documents.empty())
        return out;
    const auto stored = store_or_spool(store, spool ? &*spool : nullptr, health_index, documents, deadline, hint_text);
    std::size_t next = 0;
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
        if (!snapshots[i])
            continue;
        if (stored[next])
            out[i] = std::move(documents[next].content);
        else
            out[i] = stored[next].error();
        ++next;
    }
    return out;
}

std::string describe_emission(const health::Backfill& backfill, const health::Snapshot& snapshot) {
    return "Emitted backfill health: " + health::to_python_literal(backfill, snapshot);
}

Options emission_options() {
    return {&options::health_index, &spool_folder};
}

Emission read_emission(Settings& settings) {
    return {.health_index = read_health_index(settings), .spool = find_spool(settings)};
}

} // namespace cli
