#include <ndjson/store.hpp>

#include <ndjson/append.hpp>
#include <ndjson/breakdown.hpp>
#include <ndjson/count_documents.hpp>
#include <ndjson/examination.hpp>
#include <ndjson/field_names.hpp>
#include <ndjson/file.hpp>
#include <ndjson/history.hpp>
#include <ndjson/index_pattern.hpp>
#include <ndjson/profile.hpp>
#include <ndjson/sampling.hpp>
#include <ndjson/scanner.hpp>
#include <ndjson/settled_file.hpp>
#include <ndjson/tally.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <optional>
#include <sys/stat.h>
#include <system_error>

namespace health {

namespace {

namespace fs = std::filesystem;
using namespace ndjson;

constexpr std::string_view extension = ".ndjson";

/// A file, and which of the measured backfills read it.
struct Source {
    fs::path path;
    std::vector<std::size_t> backfills;
};

class NdjsonStore final : public Store {
public:
    NdjsonStore(fs::path folder, std::size_t threads) : folder_(std::move(folder)), threads_(threads) {}

    [[nodiscard]] std::string cluster() const override { return {}; }

    /// The same for the same folder by any path, even in a container.
    Result<std::string> identity(const Deadline& /*deadline*/) override {
        struct stat status{};
        if (::stat(folder_.c_str(), &status) != 0)
            return file_error("cannot access", folder_, {errno, std::generic_category()});
        return fmt::format("folder/{}-{}", status.st_dev, status.st_ino);
    }

    [[nodiscard]] Result<void> check_name(const std::string& expression) const override {
        const auto names = resolve_indices(expression, {});
        if (!names && names.error().kind == ErrorKind::usage)
            return names.error();
        return {};
    }

    Result<void> reload() override { return {}; }

    std::vector<Result<void>> refresh(std::span<const Backfill> backfills, const Deadline& /*deadline*/) override {
        return std::vector<Result<void>>(backfills.size());
    }

    std::vector<Result<Snapshot>> measure(std::span<const Backfill> backfills, const Deadline& deadline) override {
        const Instant now = now_in_milliseconds();
        std::vector<BackfillCounts> counts;
        for (const Backfill& backfill : backfills)
            counts.push_back({.derived = std::vector<std::uint64_t>(backfill.derived.size()),
                              .broken = std::vector<std::uint64_t>(backfill.rules.size())});
        std::vector<std::optional<Error>> failures(backfills.size());
        const auto sources = sources_of(backfills, failures);
        std::map<std::vector<std::size_t>, Tally> tallies; // empty: files of a pattern have the same backfills

        for (const auto& [real, source] : sources) {
            std::vector<std::size_t> asked = source.backfills;
            std::erase_if(asked, [&](std::size_t i) { return failures[i].has_value(); });
            if (asked.empty())
                continue;
            auto empty = tallies.find(asked);
            if (empty == tallies.end()) {
                std::vector<Backfill> chosen;
                for (const std::size_t i : asked)
                    chosen.push_back(backfills[i]);
                empty = tallies.emplace(asked, Tally(chosen, now)).first;
            }
            const auto counted = count_documents(source.path, deadline, threads_, empty->second);
            for (std::size_t i = 0; i < asked.size(); ++i)
                if (counted)
                    counts[asked[i]] += counted->counts(i);
                else
                    failures[asked[i]] = counted.error();
        }

        std::vector<Result<Snapshot>> results;
        for (std::size_t i = 0; i < backfills.size(); ++i) {
            if (failures[i])
                results.emplace_back(*failures[i]);
            else
                results.push_back(to_snapshot(backfills[i], counts[i], now));
        }
        return results;
    }

    Result<Breakdown> breakdown(const Backfill& backfill, const Grouping& grouping, const Deadline& deadline) override {
        const auto sum = count_all(backfill, BreakdownTally(backfill, grouping), deadline);
        return sum ? sum->finish() : sum.error();
    }

    Result<Profile> profile(const Backfill& backfill, Timestamp now, const Deadline& deadline) override {
        const auto sum = count_all(backfill, ProfileTally(backfill, now), deadline);
        return sum ? Result<Profile>(sum->finish()) : sum.error();
    }

    Result<std::vector<SampleDocument>> samples(const Backfill& backfill, const std::optional<Rule>& broken,
                                                std::size_t limit, const Deadline& deadline) override {
        const auto paths = files_of(backfill.index);
        if (!paths)
            return paths.error();
        return broken ? list_broken(*paths, backfill, *broken, limit, deadline)
                      : list_missing(*paths, backfill, limit, deadline);
    }

    Result<RandomSample> draw(const Backfill& backfill, std::size_t limit, std::uint64_t seed,
                              const Deadline& deadline) override {
        const auto paths = files_of(backfill.index);
        return paths ? ndjson::draw(*paths, backfill, limit, seed, deadline) : paths.error();
    }

    Result<std::vector<std::optional<Document>>> fetch(const Backfill& backfill, std::span<const DocumentKey> keys,
                                                       const Deadline& deadline) override {
        const std::string& index = keys.front().id.index;
        const auto next = std::ranges::find_if(keys, [&](const DocumentKey& key) { return key.id.index != index; });
        return ndjson::fetch(path_of(index), backfill, {keys.begin(), next}, deadline);
    }

    /// All documents are stored, or none.
    std::vector<Result<void>> append(const std::string& health_index, std::span<const HealthDocument> documents,
                                     const Deadline& deadline) override {
        Result<void> stored = check_index_name(health_index);
        if (stored && !documents.empty()) {
            std::vector<std::string> lines(documents.size());
            std::ranges::transform(documents, lines.begin(), [](const HealthDocument& document) {
                return boost::json::serialize(document.content);
            });
            stored = append_lines(path_of(health_index), lines, deadline);
        }
        return std::vector<Result<void>>(documents.size(), stored);
    }

    std::vector<Result<History>> history(const std::string& health_index, std::span<const Backfill> backfills,
                                         const Period& period, const Deadline& deadline) override {
        const auto failed = [&](const Error& error) { return std::vector<Result<History>>(backfills.size(), error); };
        const auto paths = files_of(health_index);
        if (!paths) {
            const bool is_missing = paths.error().kind == ErrorKind::index_missing;
            return failed(is_missing ? with_hint(paths.error(), Remedy::create_or_check_health_index) : paths.error());
        }
        std::vector<HistoryTally> tallies;
        for (const Backfill& backfill : backfills)
            tallies.emplace_back(backfill, period);
        for (const auto& [real, shown] : *paths) {
            const auto scanned = scan(shown, deadline, [&](const simdjson::dom::object& line) {
                for (HistoryTally& tally : tallies)
                    tally.add(document_in(line));
            });
            if (!scanned)
                return failed(scanned.error());
        }
        std::vector<Result<History>> out;
        for (const HistoryTally& tally : tallies)
            out.emplace_back(tally.finish());
        return out;
    }

    std::vector<Result<std::optional<Timestamp>>>
    latest(const std::string& health_index, std::span<const Backfill> backfills, const Deadline& deadline) override {
        // Longer than any history, and within the range of Timestamp.
        constexpr std::chrono::seconds ever = std::chrono::years(5000);
        const auto all =
            history(health_index, backfills, {.from = Timestamp(), .to = Timestamp(ever), .every = ever}, deadline);
        std::vector<Result<std::optional<Timestamp>>> out;
        for (const Result<History>& one : all) {
            if (!one)
                out.emplace_back(one.error());
            else if (one->points.empty())
                out.emplace_back(std::nullopt);
            else
                out.emplace_back(one->points.back().last.ts);
        }
        return out;
    }

    Examination examine(std::span<const Backfill> backfills, const std::string& health_index,
                        std::chrono::milliseconds timeout) override {
        const auto store = identity(Deadline::after(timeout));
        const auto field_names = [&](const Backfill& backfill,
                                     const Deadline& deadline) -> Result<std::vector<std::string>> {
            const auto sum = count_all(backfill, FieldNamesTally(), deadline);
            return sum ? Result<std::vector<std::string>>(sum->finish()) : sum.error();
        };
        return {.findings = ndjson::examine(*this, folder_, path_of(health_index), backfills, health_index, field_names,
                                            timeout),
                .store_identity = store ? *store : ""};
    }

    Result<Installed> install(const std::string& health_index, std::span<const FieldMapping> /*mapping*/,
                              const Deadline& /*deadline*/) override {
        if (const auto named = check_index_name(health_index); !named)
            return named.error();
        const fs::path path = path_of(health_index);
        if (const auto created = open_regular_file(path, O_WRONLY | O_CREAT | O_EXCL, "cannot create"); !created) {
            std::error_code unknown;
            if (!fs::exists(path, unknown))
                return created.error();
            if (const auto existing = open_regular_file(path, O_RDONLY, "cannot read"); !existing)
                return existing.error();
            return Installed{.created = false};
        }
        if (const auto failure = sync_folder(folder_))
            return access_error("cannot sync", folder_, failure);
        return Installed{.created = true};
    }

    Result<Installed> preview_install(const std::string& health_index, std::span<const FieldMapping> /*mapping*/,
                                      const Deadline& /*deadline*/) override {
        if (const auto named = check_index_name(health_index); !named)
            return named.error();
        std::error_code unknown;
        if (!fs::exists(path_of(health_index), unknown) && !unknown)
            return ::access(folder_.c_str(), W_OK | X_OK) == 0 ? Result<Installed>({.created = true})
                                                               : access_error("cannot create", path_of(health_index));
        const auto existing = open_regular_file(path_of(health_index), O_RDONLY, "cannot read");
        return existing ? Result<Installed>({.created = false}) : existing.error();
    }

private:
    /// Counts every document of the backfill's files. `empty` has counted nothing yet.
    template <class TallyType>
    Result<TallyType> count_all(const Backfill& backfill, const TallyType& empty, const Deadline& deadline) const {
        const auto paths = files_of(backfill.index);
        if (!paths)
            return paths.error();
        TallyType sum = empty;
        for (const auto& [real, shown] : *paths) {
            const auto counted = count_documents(shown, deadline, threads_, empty);
            if (!counted)
                return counted.error();
            sum += *counted;
        }
        return sum;
    }

    /// By the file that symbolic links resolve to: like an alias, they do not make a document count twice.
    std::map<fs::path, Source> sources_of(std::span<const Backfill> backfills,
                                          std::vector<std::optional<Error>>& failures) const {
        std::map<fs::path, Source> out;
        for (std::size_t i = 0; i < backfills.size(); ++i) {
            if (backfills[i].query) {
                failures[i] = Error{ErrorKind::usage,
                                    fmt::format("the query of {} is in Elasticsearch's language", backfills[i].name),
                                    "a folder of files supports population terms only"};
                continue;
            }
            const auto paths = files_of(backfills[i].index);
            if (!paths) {
                failures[i] = paths.error();
                continue;
            }
            for (const auto& [real, shown] : *paths)
                out.try_emplace(real, Source{.path = shown, .backfills = {}}).first->second.backfills.push_back(i);
        }
        return out;
    }

    [[nodiscard]] fs::path path_of(const std::string& index) const {
        return folder_ / (index + std::string(extension));
    }

    [[nodiscard]] Result<std::vector<std::string>> indices() const {
        std::vector<std::string> names;
        std::error_code failure;
        for (fs::directory_iterator entry(folder_, failure); !failure && entry != fs::directory_iterator();
             entry.increment(failure)) {
            std::string name = entry->path().filename().native();
            std::error_code unknown;
            if (!name.ends_with(extension) || name.size() == extension.size() || entry->is_directory(unknown))
                continue;
            name.resize(name.size() - extension.size());
            names.push_back(std::move(name));
        }
        if (failure)
            return access_error("cannot read", folder_, failure);
        return names;
    }

    [[nodiscard]] Result<Files> files_of(const std::string& expression) const {
        std::error_code failure;
        const fs::path real_folder = fs::canonical(folder_, failure);
        if (failure)
            return access_error("cannot read", folder_, failure);
        std::vector<std::string> existing;
        if (has_wildcard(expression)) {
            auto listed = indices();
            if (!listed)
                return listed.error();
            existing = std::move(*listed);
        }
        const auto names = resolve_indices(expression, existing);
        if (!names)
            return names.error();
        Files files;
        for (const std::string& name : *names) {
            const fs::path path = path_of(name);
            const fs::path real = fs::canonical(real_folder / path.filename(), failure);
            if (failure == std::errc::no_such_file_or_directory)
                return Error{ErrorKind::index_missing,
                             fmt::format("the index {} does not exist: there is no file {}", name, path.native()),
                             Remedy::check_index_and_folder};
            if (failure)
                return access_error("cannot read", path, failure);
            files.emplace(real, path);
        }
        return files;
    }

    fs::path folder_;
    std::size_t threads_;
};

} // namespace

std::unique_ptr<Store> make_ndjson_store(std::filesystem::path folder, std::size_t threads) {
    return std::make_unique<NdjsonStore>(std::move(folder), threads);
}

} // namespace health
