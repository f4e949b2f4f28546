#include <ndjson/examination.hpp>

#include <base/printable.hpp>
#include <model/names.hpp>
#include <store/checks.hpp>
#include <store/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <system_error>
#include <unistd.h>

namespace health::ndjson {

namespace {

namespace fs = std::filesystem;
using Findings = std::vector<Finding>;

std::string access_problem(const fs::path& path, int mode) {
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
                       fmt::format("{}: {}", folder.native(), failure ? failure.message() : "it is not a folder"),
                       failure ? Hint(Remedy::create_folder, folder.native()) : Hint(Remedy::check_engine_url));
    if (const auto why = access_problem(folder, R_OK | X_OK); !why.empty())
        return problem("folder", fmt::format("{} cannot be read: {}", folder.native(), why),
                       "check its owner and mode");
    if (const auto why = access_problem(folder, W_OK); !why.empty())
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
        return problem("health-index", fmt::format("{} is not a regular file", file.native()),
                       Remedy::choose_health_index);
    if (const auto why = access_problem(file, R_OK | W_OK); !why.empty())
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
    const std::string left = fmt::format("{} MiB free", space.available / mebibyte);
    if (space.available < mebibyte)
        return problem("disk", left, "free some space: no snapshot can be stored");
    return {.check = "disk",
            .severity = space.available < scarce ? Severity::warning : Severity::ok,
            .message = left,
            .hint = space.available < scarce ? "free some space" : ""};
}

/// For counting the documents that have the field at all, in the population or not.
Backfill any_document_with(const Backfill& backfill, const std::string& field) {
    Backfill out = backfill;
    out.population.clear();
    out.rules.clear();
    out.field = field;
    return out;
}

/// `all` counts all documents, not only the population.
Finding check_occurs(std::string check, const std::string& field, const Snapshot& all) {
    const std::string shown = printable(field, 80);
    if (all.present > 0)
        return {.check = std::move(check),
                .message = fmt::format("{} of {} documents have {}", all.present, all.population(), shown)};
    const bool population = check == "population";
    return {.check = check,
            .severity = population ? Severity::problem : Severity::warning,
            .message = fmt::format("no document has {}", shown),
            .hint = population ? Hint(Remedy::check_population_and_index) : Hint(Remedy::wait_for_first_run, check)};
}

/// `measured` has the backfill's snapshot, and then one of all documents for each of its fields.
Findings check_fields(const Backfill& backfill, std::span<const Result<Snapshot>> measured) {
    const Snapshot& counted = *measured.front();
    Findings out;
    const auto next = [&]() -> const Snapshot& { return *measured[out.size() + 1]; };
    for (const Term& term : backfill.population)
        out.push_back(check_occurs("population", term.field, next()));
    const bool no_field = counted.population() > 0 && counted.present == 0 && next().present > 0;
    out.push_back(no_field ? absent_field(backfill) : check_occurs(role::field, backfill.field, next()));
    for (std::size_t i = 0; i < backfill.derived.size(); ++i) {
        const std::string& derived = backfill.derived[i];
        const bool never_set = counted.present > 0 && counted.derived[i] == 0;
        out.push_back(never_set ? absent_derived(backfill, derived) : check_occurs(role::derived, derived, next()));
    }
    return out;
}

/// `all` counts all documents with each field of the rules, in the order of fields_of().
Findings check_rules(const Backfill& backfill, std::span<const Result<Snapshot>> all,
                     const std::function<std::vector<std::string>()>& known) {
    const auto fields = fields_of(backfill.rules);
    const auto is_absent = [&](const std::string& field) {
        const auto at = std::ranges::find(fields, field) - fields.begin();
        return all[static_cast<std::size_t>(at)]->present == 0;
    };
    Findings out;
    for (const Rule& rule : backfill.rules) {
        const auto named = fields_of(rule);
        auto absent = std::ranges::find_if(
            named, [&](const std::string& field) { return is_absent(field) && role_of(backfill, field).empty(); });
        if (absent == named.end())
            absent = std::ranges::find_if(named, is_absent);
        if (absent == named.end()) {
            out.push_back(usable_rule(rule));
            continue;
        }
        const std::string role = role_of(backfill, *absent);
        out.push_back(about_rule(rule, role.empty() ? Severity::problem : Severity::warning,
                                 fmt::format("no document has {}, so none can break the rule", printable(*absent, 60)),
                                 role.empty() ? hint_for_unknown_field(*absent, known())
                                              : Hint(Remedy::wait_for_first_run, role)));
    }
    return out;
}

/// The fields that are counted in all documents: those of the population, the backfill's own, those of its rules.
std::vector<std::string> counted_fields(const Backfill& backfill) {
    std::vector<std::string> out;
    for (const Term& term : backfill.population)
        out.push_back(term.field);
    std::ranges::move(own_fields(backfill), std::back_inserter(out));
    std::ranges::move(fields_of(backfill.rules), std::back_inserter(out));
    return out;
}

/// `measured` has the backfill's snapshot, and then one of all documents for each of the counted fields.
Findings check_documents(const Backfill& backfill, std::span<const Result<Snapshot>> measured,
                         const std::function<std::vector<std::string>()>& known) {
    const auto failed = std::ranges::find_if(measured, [](const Result<Snapshot>& one) { return !one; });
    if (failed != measured.end() && failed->error().kind == ErrorKind::index_missing)
        return {problem("index", failed->error().message, failed->error().hint)};
    // A folder whose files have a wrong line exists.
    const bool exists = failed == measured.end() || failed->error().kind == ErrorKind::bad_response;
    Findings out{exists ? Finding{.check = "index", .message = fmt::format("{} exists", printable(backfill.index, 80))}
                        : not_checked("index", failed->error().message)};
    if (failed == measured.end()) {
        std::ranges::move(check_fields(backfill, measured), std::back_inserter(out));
        const auto of_rules = measured.last(fields_of(backfill.rules).size());
        std::ranges::move(check_rules(backfill, of_rules, known), std::back_inserter(out));
    }
    out.push_back(check_measurement(backfill, measured.front()));
    return out;
}

/// One pass over the files answers everything about all backfills: for each of them, its snapshot and then one of all
/// documents for each of its counted fields.
std::vector<Result<Snapshot>> measure_everything(Store& store, std::span<const Backfill> backfills,
                                                 const Deadline& deadline) {
    std::vector<Backfill> asked;
    for (const Backfill& backfill : backfills) {
        asked.push_back(backfill);
        asked.back().rules.clear(); // one that cannot be judged changes nothing about the counts
        for (const std::string& field : counted_fields(backfill))
            asked.push_back(any_document_with(backfill, field));
    }
    return store.measure(asked, deadline);
}

} // namespace

Findings examine(Store& store, const fs::path& folder, const fs::path& health_file, std::span<const Backfill> backfills,
                 const std::string& health_index, const FieldNames& field_names, std::chrono::milliseconds timeout) {
    Findings out{check_folder(folder)};
    if (out.front().severity == Severity::problem)
        return out;
    const auto add = [&](Finding finding, const Backfill& about) {
        if (backfills.size() > 1)
            finding.backfill = about.name;
        add_finding(std::move(finding), out);
    };

    const auto measured = measure_everything(store, backfills, Deadline::after(timeout));
    std::span<const Result<Snapshot>> rest = measured;
    for (const Backfill& backfill : backfills) {
        const std::size_t count = 1 + counted_fields(backfill).size();
        std::optional<std::vector<std::string>> known; // read once
        const auto read_names = [&] {
            if (!known) {
                auto names = field_names(backfill, Deadline::after(timeout));
                known = names ? *std::move(names) : std::vector<std::string>();
            }
            return *known;
        };
        for (Finding& finding : check_documents(backfill, rest.first(count), read_names))
            add(std::move(finding), backfill);
        rest = rest.subspan(count);
    }

    Finding health_file_finding = check_health_file(health_file);
    const bool has_snapshots = health_file_finding.severity == Severity::ok;
    add_finding(std::move(health_file_finding), out);
    if (has_snapshots) {
        const auto latest = store.latest(health_index, backfills, Deadline::after(timeout));
        for (std::size_t i = 0; i < backfills.size(); ++i)
            add(check_latest(latest[i], now_in_seconds()), backfills[i]);
    }
    add_finding(check_space(folder), out);
    return out;
}

} // namespace health::ndjson
