#pragma once

#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/inquiry.hpp>
#include <model/snapshot.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace health::elasticsearch {

/// What a measurement gave for a backfill.
struct BackfillNumbers {
    Result<Snapshot> snapshot;    ///< without rules, if one of them is refused
    bool rules_are_judged = true; ///< by the measurement
};

/// The checks of one backfill's index, fields, rules and numbers.
class BackfillExaminer {
public:
    /// `url` is that of the engine. All must outlive it.
    BackfillExaminer(const Backfill& backfill, Inquiry& inquiry, const std::string& url)
        : backfill_(backfill), inquiry_(inquiry), url_(url) {}

    /// Whether the index exists and can be searched and written to. `cluster_is_blocked`: the whole cluster cannot.
    Findings examine_index(bool cluster_is_blocked);

    [[nodiscard]] bool index_is_missing() const { return index_is_missing_; }
    [[nodiscard]] bool is_measurable() const { return is_measurable_; }

    /// What its documents have, and will have; for an index that is measurable.
    Findings examine_documents(const BackfillNumbers& measured);

private:
    void examine_fields(Findings& out, const BackfillNumbers& measured);
    void examine_rules(Findings& out, bool are_judged);
    void examine_live_path(Findings& out);
    Result<boost::json::object> search_ignored(const boost::json::object& caps);
    void examine_numbers(Findings& out, const Result<Snapshot>& snapshot);

    const Backfill& backfill_;
    Inquiry& inquiry_;
    const std::string& url_;
    Result<boost::json::object> indices_ = boost::json::object();
    const boost::json::object* field_caps_ = nullptr; ///< the inquiry's; none when they cannot be read
    bool index_is_missing_ = false;
    bool is_measurable_ = true;
};

} // namespace health::elasticsearch
