#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/breakdown.hpp>
#include <model/document.hpp>
#include <model/finding.hpp>
#include <model/history.hpp>
#include <model/profile.hpp>
#include <model/sampling.hpp>
#include <model/snapshot.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace health {

/// A document of the health index. The id is made before the first attempt, so that a retry never duplicates it.
struct HealthDocument {
    std::string id;
    boost::json::object content;
};

/// What was done to a health index.
struct Installed {
    bool created = false;
    std::vector<std::string> added{}; ///< fields that an existing index lacked

    bool operator==(const Installed&) const = default;
};

/// What is measured and written to. Every call blocks, at most until its deadline. Those that take a list give a result
/// for each of its items, in the same order: one that fails does not spoil the others.
class Store {
public:
    Store() = default;
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    virtual ~Store() = default;

    /// The URLs of the cluster without credentials, to distinguish clusters; empty where a second write of the same
    /// document would duplicate it.
    [[nodiscard]] virtual std::string cluster() const = 0;

    /// What distinguishes this store from every other, on whatever host it is read, without revealing anything: the
    /// UUID of a cluster, the inode of a folder. Letters, digits and /-_ only; empty when it is not known.
    virtual Result<std::string> identity(const Deadline& deadline) = 0;

    /// Fails with `usage` for an index name or expression that would lead out of the store. Opens nothing.
    [[nodiscard]] virtual Result<void> check_name(const std::string& expression) const = 0;

    /// Reads again the files that its settings name: secrets and certificates. When it fails, the old ones stay.
    virtual Result<void> reload() = 0;

    /// Makes everything written so far visible to measure().
    virtual std::vector<Result<void>> refresh(std::span<const Backfill> backfills, const Deadline& deadline) = 0;

    /// Each snapshot comes from one answer.
    virtual std::vector<Result<Snapshot>> measure(std::span<const Backfill> backfills, const Deadline& deadline) = 0;

    /// By group, where the backfill has not run yet.
    virtual Result<Breakdown> breakdown(const Backfill& backfill, const Grouping& grouping,
                                        const Deadline& deadline) = 0;

    /// Some of the documents that break the rule, or without one those that lack the field, at most `limit`.
    virtual Result<std::vector<SampleDocument>> samples(const Backfill& backfill, const std::optional<Rule>& broken,
                                                        std::size_t limit, const Deadline& deadline) = 0;

    /// The values of the field and the derived fields, in the documents of the population that have the field.
    virtual Result<Profile> profile(const Backfill& backfill, Timestamp now, const Deadline& deadline) = 0;

    /// `limit` random documents of the population that have the field, each set of so many as likely as any other; all
    /// of them where there are not more. The same seed draws the same ones while nothing is written.
    virtual Result<RandomSample> draw(const Backfill& backfill, std::size_t limit, std::uint64_t seed,
                                      const Deadline& deadline) = 0;

    /// The first of these documents as they are now: as many as fit into some MiB, and at least one. None for each that
    /// was deleted, has left the population or no longer has the field.
    virtual Result<std::vector<std::optional<Document>>>
    fetch(const Backfill& backfill, std::span<const DocumentKey> keys, const Deadline& deadline) = 0;

    /// Adds the documents to the health index, which must exist where the store would guess a mapping.
    virtual std::vector<Result<void>> append(const std::string& health_index, std::span<const HealthDocument> documents,
                                             const Deadline& deadline) = 0;

    /// The snapshots of each backfill in the health index.
    virtual std::vector<Result<History>> history(const std::string& health_index, std::span<const Backfill> backfills,
                                                 const Period& period, const Deadline& deadline) = 0;

    /// The time of each backfill's latest snapshot; none when there is no snapshot yet.
    virtual std::vector<Result<std::optional<Timestamp>>>
    latest(const std::string& health_index, std::span<const Backfill> backfills, const Deadline& deadline) = 0;

    /// Creates the health index; on an existing one, compares the mapping and adds the fields that it lacks.
    virtual Result<Installed> install(const std::string& health_index, std::span<const FieldMapping> mapping,
                                      const Deadline& deadline) = 0;

    /// What install() would do. Changes nothing.
    virtual Result<Installed> preview_install(const std::string& health_index, std::span<const FieldMapping> mapping,
                                              const Deadline& deadline) = 0;

    /// Checks everything that can be wrong with the store, the health index and the backfills' indices, and changes
    /// nothing. `timeout` applies to each step.
    virtual Examination examine(std::span<const Backfill> backfills, const std::string& health_index,
                                std::chrono::milliseconds timeout) = 0;
};

} // namespace health
