#include <elasticsearch/doctor/examination.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/examine_backfill.hpp>
#include <store/checks.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

std::chrono::milliseconds wall_clock() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

class Examiner {
public:
    Examiner(Store& store, const Send& send, const RemoteSettings& settings, std::span<const Backfill> backfills,
             const std::string& health_index, std::chrono::milliseconds timeout)
        : store_(store), inquiry_(send, timeout), settings_(settings), backfills_(backfills),
          health_index_(health_index) {}

    Examination examine() {
        if (!examine_engine())
            return std::move(out_);
        const bool has_security = examine_credentials();
        if (refused_)
            return std::move(out_);
        examine_backfills();
        examine_health_index();
        if (has_security)
            examine_privileges();
        examine_cluster();
        return std::move(out_);
    }

private:
    void add(Finding finding) { add_finding(std::move(finding), out_.findings); }
    void add(Findings findings) {
        for (Finding& finding : findings)
            add(std::move(finding));
    }
    /// A single backfill is not named.
    void add(Finding finding, const Backfill& about) {
        if (backfills_.size() > 1)
            finding.backfill = about.name;
        add(std::move(finding));
    }
    void add(Findings findings, const Backfill& about) {
        for (Finding& finding : findings)
            add(std::move(finding), about);
    }

    /// Whether it is worth going on.
    bool examine_engine() {
        const auto begin = Clock::now();
        const auto answer = inquiry_.call("GET", "/");
        if (!answer) {
            add({.check = "connection",
                 .severity = Severity::problem,
                 .message = answer.error().message,
                 .hint = answer.error().hint});
            out_.reached = false;
            return false;
        }
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
        url_ = answer->from;
        add({.check = "connection", .message = fmt::format("{} answers in {} ms", url_, took.count())});
        add(check_tls(settings_, answer->certificate_expires, now_in_seconds()));
        product_ = check_product(*answer);
        out_.store_identity = product_.identity;
        refused_ = answer->response.status == 401; // reported by the check of the credentials
        if (!refused_)
            add(product_.finding);
        return product_.is_engine;
    }

    bool examine_credentials() {
        const auto answer = inquiry_.call("GET", "/_security/_authenticate");
        if (!answer) {
            add(not_checked("credentials", answer.error(), ""));
            return false;
        }
        refused_ = refused_ || answer->response.status == 401;
        add(check_credentials(*answer, !settings_.credentials.empty(), product_));
        return !is_without_security(*answer);
    }

    void examine_backfills() {
        const auto& settings = cluster_settings();
        auto block = settings ? check_cluster_blocks(*settings, url_) : std::nullopt;
        for (const Backfill& backfill : backfills_) {
            examiners_.emplace_back(backfill, inquiry_, url_);
            add(examiners_.back().examine_index(block.has_value()), backfill);
        }
        if (block && std::ranges::any_of(examiners_, &BackfillExaminer::is_measurable))
            add(*std::move(block));
        std::vector<Backfill> measurable;
        for (std::size_t i = 0; i < backfills_.size(); ++i)
            if (examiners_[i].is_measurable())
                measurable.push_back(backfills_[i]);
        const auto measured = measure(measurable);
        auto next = measured.begin();
        for (std::size_t i = 0; i < backfills_.size(); ++i)
            if (examiners_[i].is_measurable())
                add(examiners_[i].examine_documents(*next++), backfills_[i]);
    }

    /// A rule that is refused changes nothing about the counts.
    std::vector<BackfillNumbers> measure(const std::vector<Backfill>& backfills) {
        std::vector<BackfillNumbers> out;
        std::vector<std::size_t> refused;
        std::vector<Backfill> without_rules;
        for (const auto& snapshot : measure_all(backfills)) {
            const Backfill& backfill = backfills[out.size()];
            if (!snapshot && snapshot.error().kind == ErrorKind::rejected && !backfill.rules.empty()) {
                refused.push_back(out.size());
                without_rules.push_back(backfill);
                without_rules.back().rules.clear();
            }
            out.push_back({.snapshot = snapshot, .rules_are_judged = snapshot.has_value()});
        }
        const auto again = measure_all(without_rules);
        for (std::size_t i = 0; i < refused.size(); ++i)
            out[refused[i]].snapshot = again[i];
        return out;
    }

    std::vector<Result<Snapshot>> measure_all(const std::vector<Backfill>& backfills) {
        return backfills.empty() ? std::vector<Result<Snapshot>>() : store_.measure(backfills, inquiry_.deadline());
    }

    void examine_health_index() {
        const auto indices =
            inquiry_.get_index(*index_path(health_index_), "*.settings,*.mappings,*.aliases,*.data_stream");
        health_index_missing_ = indices && indices->empty();
        if (!indices) {
            add(not_checked("health-index", indices.error(),
                            fmt::format("view_index_metadata on {}", printable(health_index_, 80))));
        } else {
            add(check_health_index(*indices, health_mapping(backfills_), health_index_));
            add(check_blocks(*indices, "health-index", Severity::problem, url_));
        }
        if (health_index_missing_)
            return;
        const auto latest = store_.latest(health_index_, backfills_, inquiry_.deadline());
        for (std::size_t i = 0; i < backfills_.size(); ++i)
            add(check_last_snapshot(latest[i]), backfills_[i]);
    }

    [[nodiscard]] Finding check_last_snapshot(const Result<std::optional<Timestamp>>& latest) const {
        if (!latest && latest.error().kind == ErrorKind::unauthorized)
            return not_checked("last-snapshot", latest.error(),
                               fmt::format("read on {}", printable(health_index_, 80)));
        return check_latest(latest, now_in_seconds());
    }

    void examine_privileges() {
        const auto body =
            inquiry_.post("/_security/user/_has_privileges", privileges_request(backfills_, health_index_));
        if (!body)
            return add(not_checked("privileges", body.error(), ""));
        if (find_object(*body, {"index"}) == nullptr)
            return add(health::not_checked("privileges", "the answer lists no privileges"));
        Findings of_health_index = lacking_health_privileges(*body, health_index_, health_index_missing_);
        for (const Backfill& backfill : backfills_) {
            Findings lacking = lacking_privileges(*body, backfill);
            if (lacking.empty() && of_health_index.empty())
                lacking.push_back(all_privileges(backfill, health_index_));
            add(std::move(lacking), backfill);
        }
        add(std::move(of_health_index));
    }

    void examine_cluster() {
        constexpr std::string_view privilege = "the cluster privilege monitor";
        for (std::size_t i = 0; i < backfills_.size(); ++i) {
            std::string indices = examiners_[i].index_is_missing() ? "" : *index_path(backfills_[i].index);
            if (!health_index_missing_)
                indices += (indices.empty() ? "" : ",") + *index_path(health_index_);
            if (indices.empty())
                continue;
            const auto& health = inquiry_.get(fmt::format("/_cluster/health/{}", indices));
            add(health ? check_cluster(*health, url_) : not_checked("cluster", health.error(), privilege),
                backfills_[i]);
        }
        const auto asked = wall_clock();
        const auto& nodes = inquiry_.get("/_nodes/stats/fs?filter_path=_nodes.failed,nodes.*.name,nodes.*.timestamp,"
                                         "nodes.*.roles,nodes.*.fs.total,error,status");
        add(nodes ? check_clock(*nodes, asked, wall_clock()) : not_checked("clock", nodes.error(), privilege));
        const auto& settings = cluster_settings();
        if (!settings)
            add(not_checked("disk", settings.error(), privilege));
        else if (nodes)
            add(check_disks(*settings, *nodes));
    }

    const Result<json::object>& cluster_settings() {
        return inquiry_.get("/_cluster/settings?include_defaults=true&flat_settings=true&filter_path="
                            "*.cluster*disk*,*.cluster*blocks*,error,status");
    }

    Store& store_;
    Inquiry inquiry_;
    const RemoteSettings& settings_;
    std::span<const Backfill> backfills_;
    const std::string& health_index_;
    Examination out_;
    std::vector<BackfillExaminer> examiners_; ///< of each backfill
    ProductCheck product_;
    std::string url_;
    bool refused_ = false; ///< 401
    bool health_index_missing_ = false;
};

} // namespace

Examination examine(Store& store, const Send& send, const RemoteSettings& settings, std::span<const Backfill> backfills,
                    const std::string& health_index, std::chrono::milliseconds timeout) {
    return Examiner(store, send, settings, backfills, health_index, timeout).examine();
}

} // namespace health::elasticsearch
