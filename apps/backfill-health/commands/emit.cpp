#include "commands/commands.hpp"
#include "commands/measurement.hpp"
#include "options.hpp"

#include <health/document.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

Result<Action> setup(const Arguments& arguments) {
    auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    auto measurement = read_measurement(arguments, {*health_index});
    if (!measurement)
        return measurement.error();
    const bool as_json = arguments.has(options::json);
    return Action([measurement = *std::move(measurement), health_index = *std::move(health_index), as_json] {
        const auto snapshot = measure(measurement);
        if (!snapshot)
            return report(snapshot.error());
        const health::HealthDocument document{.id = health::make_document_id(),
                                              .json = health::to_document(measurement.backfill, *snapshot)};
        const auto stored =
            measurement.store->append(health_index, {&document, 1}, health::Deadline::after(measurement.timeout));
        if (!stored)
            return report(stored.error());
        const auto printed = print(as_json ? document.json + "\n"
                                           : fmt::format("Emitted backfill health: {}\n",
                                                         health::to_python_literal(measurement.backfill, *snapshot)));
        return printed ? done : report(printed.error());
    });
}

} // namespace

Command emit_command() {
    return {.name = "emit",
            .summary = "store a snapshot in the health index",
            .options = Options{&options::json, &options::health_index} + measurement_options(),
            .operand = "",
            .setup = setup};
}

} // namespace cli
