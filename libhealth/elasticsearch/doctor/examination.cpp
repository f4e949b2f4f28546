#include <elasticsearch/doctor/examination.hpp>

#include <base/printable.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/query.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/live_path.hpp>
#include <elasticsearch/rules/ask_engine.hpp>
#include <elasticsearch/rules/rule_query.hpp>
#include <store/checks.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

std::chrono::milliseconds wall_clock() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

class Examiner {
public:
    Examiner(Store& store, remote::Service& service, const RemoteSettings& settings, const Backfill& backfill,
             const std::string& health_index, std::chrono::milliseconds timeout)
        : store_(store), service_(service), settings_(settings), backfill_(backfill), health_index_(health_index),
          timeout_(timeout) {}

    Examination examine() {
        if (!examine_engine())
            return std::move(out_);
        const bool has_security = examine_credentials();
        if (refused_)
            return std::move(out_);
        cluster_settings_ = fetch("GET", "/_cluster/settings?include_defaults=true&flat_settings=true&filter_path="
                                         "*.cluster*disk*,*.cluster*blocks*,error,status");
        examine_index();
        examine_numbers();
        examine_health_index();
        if (has_security)
            examine_privileges();
        examine_cluster();
        return std::move(out_);
    }

private:
    [[nodiscard]] Deadline deadline() const { return Deadline::after(timeout_); }

    Result<remote::Answer> call(std::string method, std::string target, const json::object& body = {}) {
        http::Request request{.method = std::move(method), .target = std::move(target), .headers = {}, .body = {}};
        if (!body.empty()) {
            request.headers.push_back({"Content-Type", "application/json"});
            request.body = json::serialize(body);
        }
        return service_.call(std::move(request), deadline());
    }

    Result<json::object> fetch(std::string method, std::string target, const json::object& body = {}) {
        const auto answer = call(std::move(method), std::move(target), body);
        return answer ? json_answer("cannot look", *answer) : Result<json::object>(answer.error());
    }

    /// The answer; if there is none, adds a finding that says so.
    std::optional<json::object> ask(std::string_view check, std::string_view privilege, std::string method,
                                    std::string target, const json::object& body = {}) {
        auto answer = fetch(std::move(method), std::move(target), body);
        if (answer)
            return *std::move(answer);
        add(not_checked(std::string(check), answer.error(), privilege));
        return std::nullopt;
    }

    void add(Finding finding) { out_.findings.push_back(std::move(finding)); }
    void add(Findings findings) { std::ranges::move(findings, std::back_inserter(out_.findings)); }

    /// Whether it is worth going on.
    bool examine_engine() {
        const auto begin = Clock::now();
        const auto answer = call("GET", "/");
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
        const auto answer = call("GET", "/_security/_authenticate");
        if (!answer) {
            add(not_checked("credentials", answer.error(), ""));
            return false;
        }
        refused_ = refused_ || answer->response.status == 401;
        add(check_credentials(*answer, !settings_.credentials.empty(), product_));
        return !is_without_security(*answer);
    }

    void examine_index() {
        const std::string path = *index_path(backfill_.index);
        const std::string privilege = fmt::format("view_index_metadata on {}", printable(backfill_.index, 80));
        const auto indices = get_index(path, "*.settings,*.aliases,*.data_stream," + mapping_parts(backfill_),
                                       "&expand_wildcards=open,closed");
        if (!indices) {
            add(not_checked("index", indices.error(), privilege));
        } else {
            Findings state = check_index(*indices, backfill_.index, url_);
            index_missing_ = indices->empty();
            usable_ = std::ranges::none_of(state, [](const Finding& one) { return one.severity == Severity::problem; });
            add(std::move(state));
            if (!usable_)
                return;
            add(check_refresh(*indices, url_));
            Findings blocks = check_blocks(*indices, "blocks", Severity::warning, url_);
            if (auto found = cluster_settings_ ? check_cluster_blocks(*cluster_settings_, url_) : std::nullopt)
                blocks.push_back(*std::move(found));
            if (blocks.empty())
                blocks.push_back({.check = "blocks",
                                  .message = fmt::format("{} can be written to", printable(backfill_.index, 80))});
            add(std::move(blocks));
        }
        const auto caps = ask("fields", fmt::format("read on {}", printable(backfill_.index, 80)), "GET",
                              field_caps_target(path, backfill_));
        if (caps) {
            field_caps_ = *caps;
            if (auto found = indices ? check_asked(*caps, *indices) : std::nullopt)
                add(*std::move(found));
            examine_fields(*caps, indices ? &*indices : nullptr);
        }
        examine_rules(path);
        if (indices)
            add(examine_live_path(
                *indices, caps ? &*caps : nullptr, backfill_,
                [this](std::string method, std::string target) { return call(std::move(method), std::move(target)); }));
        else
            add(unseen_live_path(indices.error(), privilege));
    }

    /// Measures once, however many checks need it.
    const Result<Snapshot>& measured() {
        if (measured_)
            return *measured_;
        measured_ = store_.measure({&backfill_, 1}, deadline()).front();
        rules_are_judged_ = measured_->has_value();
        if (!rules_are_judged_ && measured_->error().kind == ErrorKind::rejected && !backfill_.rules.empty()) {
            // A rule that is refused changes nothing about the counts.
            Backfill without_rules = backfill_;
            without_rules.rules.clear();
            measured_ = store_.measure({&without_rules, 1}, deadline()).front();
        }
        return *measured_;
    }

    void examine_rules(const std::string& path) {
        const std::vector<Rule>& rules = backfill_.rules;
        if (rules.empty())
            return;
        const std::string privilege = fmt::format("read on {}", printable(backfill_.index, 80));
        const auto fields = map_fields(service_, "cannot look", backfill_.index, fields_of(rules), deadline());
        if (!fields)
            return add(not_checked("rule", fields.error(), privilege));
        std::vector<std::string> known;
        if (std::ranges::any_of(rules,
                                [&](const Rule& rule) { return foreign_field(rule, *fields, backfill_).has_value(); }))
            if (const auto caps = fetch("GET", every_field_target(path)))
                known = comparable_fields(*caps);
        measured();
        const Instant now = now_in_milliseconds();
        Result<void> ran;
        for (const Rule& rule : rules) {
            Finding finding = check_rule(rule, *fields, backfill_, known, now);
            const auto query = broken_query(rule, *fields, own_fields(backfill_), now);
            if (!rules_are_judged_ && query && ran)
                ran = try_rule(service_, "cannot try it", backfill_.index, *query, deadline());
            if (query && !ran)
                finding = refused_rule(rule, ran.error());
            if (!ran && ran.error().kind != ErrorKind::timeout && ran.error().kind != ErrorKind::unreachable)
                ran = {}; // else each of the others would wait as long
            add(std::move(finding));
        }
    }

    void examine_fields(const json::object& caps, const json::object* indices) {
        const std::string index = printable(backfill_.index, 80);
        const Snapshot counted = measured() ? **measured_ : nothing_counted();
        for (const Term& term : backfill_.population)
            add(check_population(caps, term, index, counted.population()));
        Finding field = check_field(caps, indices, "field", backfill_.field, index, counted.present);
        const bool absent = field.severity == Severity::ok && counted.population() > 0 && counted.present == 0;
        add(absent ? absent_field(backfill_) : std::move(field));
        for (std::size_t i = 0; i < backfill_.derived.size(); ++i) {
            const std::string& name = backfill_.derived[i];
            Finding derived = check_field(caps, indices, "derived", name, index, counted.derived[i]);
            const bool never_set =
                derived.severity != Severity::problem && counted.present > 0 && counted.derived[i] == 0;
            add(never_set ? absent_derived(backfill_, name) : std::move(derived));
        }
    }

    [[nodiscard]] Snapshot nothing_counted() const {
        return {.index = backfill_.index, .derived = std::vector<std::uint64_t>(backfill_.derived.size()), .ts = {}};
    }

    /// The given parts of GET /INDEX; an empty object when the index does not exist.
    Result<json::object> get_index(const std::string& path, std::string_view parts, std::string_view more = {}) {
        auto indices =
            fetch("GET", fmt::format("/{}?flat_settings=true&allow_no_indices=false&filter_path={},error,status{}",
                                     path, parts, more));
        const bool missing = !indices && indices.error().kind == ErrorKind::index_missing;
        return missing ? json::object{} : indices;
    }

    void examine_numbers() {
        if (!usable_)
            return;
        const auto& snapshot = measured();
        add(check_measurement(backfill_, snapshot));
        if (!snapshot || (snapshot->missing == 0 && coverage(*snapshot).value_or(1) == 1))
            return;
        const std::string path = *index_path(backfill_.index);
        const auto body =
            ask("ignored", "read", "POST", fmt::format("/{}/_search?allow_partial_search_results=false", path),
                ignored_request(backfill_, field_caps_));
        if (body)
            add(check_ignored(*body, backfill_, field_caps_));
    }

    void examine_health_index() {
        const auto indices = get_index(*index_path(health_index_), "*.settings,*.mappings,*.aliases");
        health_index_missing_ = indices && indices->empty();
        if (!indices) {
            add(not_checked("health-index", indices.error(),
                            fmt::format("view_index_metadata on {}", printable(health_index_, 80))));
        } else {
            add(check_health_index(*indices, health_mapping({&backfill_, 1}), health_index_));
            add(check_blocks(*indices, "health-index", Severity::problem, url_));
        }
        if (!health_index_missing_)
            add(examine_latest());
    }

    Finding examine_latest() {
        const auto latest = store_.latest(health_index_, {&backfill_, 1}, deadline()).front();
        if (!latest && latest.error().kind == ErrorKind::unauthorized)
            return not_checked("last-snapshot", latest.error(),
                               fmt::format("read on {}", printable(health_index_, 80)));
        return check_latest(latest, now_in_seconds());
    }

    void examine_privileges() {
        const auto body = ask("privileges", "", "POST", "/_security/user/_has_privileges",
                              privileges_request(backfill_, health_index_));
        if (body)
            add(check_privileges(*body, backfill_, health_index_, health_index_missing_));
    }

    void examine_cluster() {
        constexpr std::string_view privilege = "the cluster privilege monitor";
        std::string indices = index_missing_ ? "" : *index_path(backfill_.index);
        if (!health_index_missing_)
            indices += (indices.empty() ? "" : ",") + *index_path(health_index_);
        if (!indices.empty())
            if (const auto body = ask("cluster", privilege, "GET", fmt::format("/_cluster/health/{}", indices)))
                add(check_cluster(*body, url_));
        const auto asked = wall_clock();
        const auto nodes = ask(
            "clock", privilege, "GET",
            "/_nodes/stats/fs?filter_path=nodes.*.name,nodes.*.timestamp,nodes.*.roles,nodes.*.fs.total,error,status");
        if (nodes)
            add(check_clock(*nodes, asked, wall_clock()));
        if (!cluster_settings_)
            add(not_checked("disk", cluster_settings_.error(), privilege));
        else if (nodes)
            add(check_disks(*cluster_settings_, *nodes));
    }

    Store& store_;
    remote::Service& service_;
    const RemoteSettings& settings_;
    const Backfill& backfill_;
    const std::string& health_index_;
    std::chrono::milliseconds timeout_;
    Examination out_;
    std::optional<Result<Snapshot>> measured_; ///< without rules, if one of them is refused
    bool rules_are_judged_ = false;            ///< by the measurement
    Result<json::object> cluster_settings_ = json::object();
    json::object field_caps_; ///< of the measured index; empty when they cannot be read
    Product product_;
    std::string url_;
    bool refused_ = false; ///< 401
    bool index_missing_ = false;
    bool usable_ = true; ///< the index can be searched
    bool health_index_missing_ = false;
};

} // namespace

Examination examine(Store& store, remote::Service& service, const RemoteSettings& settings, const Backfill& backfill,
                    const std::string& health_index, std::chrono::milliseconds timeout) {
    return Examiner(store, service, settings, backfill, health_index, timeout).examine();
}

} // namespace health::elasticsearch
