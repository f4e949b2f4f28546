#include <ndjson/examination.hpp>

#include <base/printable.hpp>
#include <store/checks.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace health::ndjson {

namespace {

namespace fs = std::filesystem;
using Findings = std::vector<Finding>;

std::string may_not(const fs::path& path, int mode) {
    return ::access(path.c_str(), mode) == 0 ? std::string{} : std::generic_category().message(errno);
}

Finding problem(std::string check, std::string message, Hint hint) {
    return {.check = std::move(check),
            .severity = Severity::problem,
            .message = std::move(message),
            .hint = std::move(hint)};
}

Finding check_folder(const fs::path& folder) {
    std::error_code failure;
    if (!fs::is_directory(folder, failure))
        return problem("folder",
                       fmt::format("{}: {}", folder.native(), failure ? failure.message() : "it is no folder"),
                       failure ? Hint(Remedy::create_folder, folder.native()) : Hint(Remedy::check_engine_url));
    if (const auto why = may_not(folder, R_OK | X_OK); !why.empty())
        return problem("folder", fmt::format("{} cannot be read: {}", folder.native(), why),
                       "check its owner and mode");
    if (const auto why = may_not(folder, W_OK); !why.empty())
        return {.check = "folder",
                .severity = Severity::warning,
                .message = fmt::format("{} cannot be written to: {}", folder.native(), why),
                .hint = "check its owner and mode"};
    return {.check = "folder", .message = fmt::format("{} can be read and written", folder.native())};
}

Finding check_health_file(const fs::path& file) {
    std::error_code failure;
    const auto status = fs::status(file, failure);
    if (status.type() == fs::file_type::not_found)
        return problem("health-index", fmt::format("there is no file {}", file.native()),
                       Remedy::complete_health_index);
    if (!fs::is_regular_file(status))
        return problem("health-index", fmt::format("{} is no regular file", file.native()),
                       Remedy::choose_health_index);
    if (const auto why = may_not(file, R_OK | W_OK); !why.empty())
        return problem("health-index", fmt::format("{} cannot be written to: {}", file.native(), why),
                       "check its owner and mode");
    return {.check = "health-index", .message = fmt::format("{} can be written to", file.native())};
}

Finding check_space(const fs::path& folder) {
    constexpr std::uintmax_t mebibyte = 1024ULL * 1024;
    constexpr std::uintmax_t scarce = 100 * mebibyte;
    std::error_code failure;
    const auto space = fs::space(folder, failure);
    if (failure)
        return not_checked("disk", failure.message());
    const std::string left = fmt::format("{} MiB are free", space.available / mebibyte);
    if (space.available < mebibyte)
        return problem("disk", left, "make room: no snapshot can be stored");
    return {.check = "disk",
            .severity = space.available < scarce ? Severity::warning : Severity::ok,
            .message = left,
            .hint = space.available < scarce ? "make room" : ""};
}

/// Whether documents have the field at all, whatever else they are.
Backfill any_document_with(const Backfill& backfill, const std::string& field) {
    Backfill out = backfill;
    out.population.clear();
    out.field = field;
    return out;
}

Finding check_occurs(std::string check, const std::string& field, const Snapshot& all, Severity never) {
    const std::string shown = printable(field, 80);
    if (all.present > 0)
        return {.check = std::move(check),
                .message = fmt::format("{} of {} documents have {}", all.present, all.present + all.missing, shown)};
    return {.check = check,
            .severity = never,
            .message = fmt::format("no document has {}", shown),
            .hint = check == "population" ? Hint(Remedy::check_population_and_index)
                                          : Hint(Remedy::wait_for_first_run, check)};
}

} // namespace

Findings examine(Store& store, const fs::path& folder, const fs::path& health_file, const Backfill& backfill,
                 const std::string& health_index, std::chrono::milliseconds timeout) {
    Findings out{check_folder(folder)};
    if (out.front().severity == Severity::problem)
        return out;

    // One pass over the files answers everything.
    struct Asked {
        std::string check;
        std::string field;
        Severity never;
    };
    std::vector<Asked> fields;
    for (const Term& term : backfill.population)
        fields.push_back({"population", term.field, Severity::problem});
    fields.push_back({"field", backfill.field, Severity::warning});
    for (const std::string& derived : backfill.derived)
        fields.push_back({"derived", derived, Severity::warning});
    std::vector<Backfill> asked{backfill};
    for (const Asked& one : fields)
        asked.push_back(any_document_with(backfill, one.field));
    const auto measured = store.measure(asked, Deadline::after(timeout));
    const auto failed = std::ranges::find_if(measured, [](const Result<Snapshot>& one) { return !one; });
    if (failed != measured.end() && failed->error().kind == ErrorKind::index_missing) {
        out.push_back(problem("index", failed->error().message, failed->error().hint));
    } else {
        out.push_back({.check = "index", .message = fmt::format("{} is there", printable(backfill.index, 80))});
        if (failed == measured.end()) {
            for (std::size_t i = 0; i < fields.size(); ++i)
                out.push_back(check_occurs(fields[i].check, fields[i].field, *measured[i + 1], fields[i].never));
        }
        out.push_back(check_measurement(backfill, measured.front()));
    }

    out.push_back(check_health_file(health_file));
    if (out.back().severity == Severity::ok)
        out.push_back(check_latest(store.latest(health_index, {&backfill, 1}, Deadline::after(timeout)).front(),
                                   now_in_seconds()));
    out.push_back(check_space(folder));
    return out;
}

} // namespace health::ndjson
