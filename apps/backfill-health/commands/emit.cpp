#include "commands/commands.hpp"
#include "commands/measurement.hpp"
#include "options.hpp"

#include <health/document.hpp>
#include <health/spool.hpp>

#include <fmt/format.h>

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

Result<Action> setup(const Arguments& arguments) {
    auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    auto measurement = read_measurement(arguments, {*health_index});
    if (!measurement)
        return measurement.error();
    const bool as_json = arguments.has(options::json);
    return Action([measurement = *std::move(measurement), health_index = *std::move(health_index),
                   spool = find_spool(arguments), as_json] {
        const auto snapshot = measure(measurement);
        const ExitStatus textfile_status = write_textfile(measurement, snapshot);
        if (!snapshot)
            return report(snapshot.error());
        const health::HealthDocument document{.id = health::make_document_id(),
                                              .json = health::to_document(measurement.backfill, *snapshot)};
        const auto stored = ship(*measurement.store, spool ? &*spool : nullptr, health_index, document,
                                 health::Deadline::after(measurement.timeout));
        if (!stored)
            return report(stored.error());
        const auto printed = print(as_json ? document.json + "\n"
                                           : fmt::format("Emitted backfill health: {}\n",
                                                         health::to_python_literal(measurement.backfill, *snapshot)));
        return printed ? textfile_status : report(printed.error());
    });
}

} // namespace

Command emit_command() {
    return {.name = "emit",
            .summary = "store a snapshot in the health index",
            .options = Options{&options::json, &options::health_index, &spool_folder} + measurement_options(),
            .operand = "",
            .setup = setup};
}

} // namespace cli
