#include <elasticsearch/doctor/examine_backfill.hpp>

#include <base/printable.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/multi_search.hpp>
#include <elasticsearch/doctor/live_path.hpp>
#include <elasticsearch/rules/ask_engine.hpp>
#include <elasticsearch/rules/rule_query.hpp>
#include <model/names.hpp>
#include <store/checks.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

void append(Findings& out, Findings more) {
    std::ranges::move(more, std::back_inserter(out));
}

std::string privilege_on_index(std::string_view privilege, const Backfill& backfill) {
    return fmt::format("{} on {}", privilege, printable(backfill.index, 80));
}

} // namespace

Findings BackfillExaminer::examine_index(bool cluster_is_blocked) {
    indices_ = inquiry_.get_index(*index_path(backfill_.index),
                                  "*.settings,*.aliases,*.data_stream," + mapping_parts(backfill_),
                                  "&expand_wildcards=open,closed");
    if (!indices_)
        return {not_checked("index", indices_.error(), privilege_on_index("view_index_metadata", backfill_))};
    Findings out = check_index(*indices_, backfill_.index, url_);
    index_is_missing_ = indices_->empty();
    is_measurable_ = std::ranges::find(out, Severity::problem, &Finding::severity) == out.end();
    if (!is_measurable_)
        return out;
    out.push_back(check_refresh(*indices_, url_));
    Findings blocks = check_blocks(*indices_, "blocks", Severity::warning, url_);
    if (blocks.empty() && !cluster_is_blocked)
        blocks.push_back(
            {.check = "blocks", .message = fmt::format("{} can be written to", printable(backfill_.index, 80))});
    append(out, std::move(blocks));
    return out;
}

Findings BackfillExaminer::examine_documents(const BackfillNumbers& measured) {
    Findings out;
    examine_fields(out, measured);
    examine_rules(out, measured.rules_are_judged);
    examine_live_path(out);
    examine_numbers(out, measured.snapshot);
    return out;
}

void BackfillExaminer::examine_fields(Findings& out, const BackfillNumbers& measured) {
    const auto& caps = inquiry_.get(field_caps_target(*index_path(backfill_.index), backfill_));
    if (!caps) {
        out.push_back(not_checked("fields", caps.error(), privilege_on_index("read", backfill_)));
        return;
    }
    field_caps_ = &*caps;
    const json::object* indices = indices_ ? &*indices_ : nullptr;
    if (auto found = indices ? check_asked(*caps, *indices) : std::nullopt)
        out.push_back(*std::move(found));
    const std::string index = printable(backfill_.index, 80);
    const Snapshot nothing{
        .index = backfill_.index, .derived = std::vector<std::uint64_t>(backfill_.derived.size()), .ts = {}};
    const Snapshot& counted = measured.snapshot ? *measured.snapshot : nothing;
    for (const Term& term : backfill_.population)
        out.push_back(check_population(*caps, term, index, counted.population()));
    Finding field = check_field(*caps, indices, role::field, backfill_.field, index, counted.present);
    const bool absent = field.severity == Severity::ok && counted.population() > 0 && counted.present == 0;
    out.push_back(absent ? absent_field(backfill_) : std::move(field));
    for (std::size_t i = 0; i < backfill_.derived.size(); ++i) {
        const std::string& name = backfill_.derived[i];
        Finding derived = check_field(*caps, indices, role::derived, name, index, counted.derived[i]);
        const bool never_set = derived.severity != Severity::problem && counted.present > 0 && counted.derived[i] == 0;
        out.push_back(never_set ? absent_derived(backfill_, name) : std::move(derived));
    }
}

void BackfillExaminer::examine_rules(Findings& out, bool are_judged) {
    const std::vector<Rule>& rules = backfill_.rules;
    if (rules.empty())
        return;
    const Send& send = inquiry_.send();
    const auto fields = map_fields(send, "the request failed", backfill_.index, fields_of(rules), inquiry_.deadline());
    if (!fields) {
        out.push_back(not_checked("rule", fields.error(), privilege_on_index("read", backfill_)));
        return;
    }
    std::vector<std::string> known;
    if (std::ranges::any_of(rules,
                            [&](const Rule& rule) { return foreign_field(rule, *fields, backfill_).has_value(); }))
        if (const auto& caps = inquiry_.get(every_field_target(*index_path(backfill_.index))))
            known = comparable_fields(*caps);
    const Instant now = now_in_milliseconds();
    Result<void> ran;
    for (const Rule& rule : rules) {
        Finding finding = check_rule(rule, *fields, backfill_, known, now);
        const auto query = broken_query(rule, *fields, own_fields(backfill_), now);
        if (!are_judged && query && ran)
            ran = try_rule(send, "cannot run the rule's query", backfill_.index, *query, inquiry_.deadline());
        if (query && !ran)
            finding = refused_rule(rule, ran.error());
        if (!ran && ran.error().kind != ErrorKind::timeout && ran.error().kind != ErrorKind::unreachable)
            ran = {}; // else each of the others would wait as long
        out.push_back(std::move(finding));
    }
}

void BackfillExaminer::examine_live_path(Findings& out) {
    if (!indices_)
        return append(out, unseen_live_path(indices_.error(), privilege_on_index("view_index_metadata", backfill_)));
    append(out, elasticsearch::examine_live_path(*indices_, field_caps_, backfill_, inquiry_));
}

void BackfillExaminer::examine_numbers(Findings& out, const Result<Snapshot>& snapshot) {
    out.push_back(check_measurement(backfill_, snapshot));
    if (!snapshot || (snapshot->missing == 0 && coverage(*snapshot).value_or(1) == 1))
        return;
    const json::object none;
    const json::object& caps = field_caps_ == nullptr ? none : *field_caps_;
    const auto ignored = search_ignored(caps);
    out.push_back(ignored ? check_ignored(*ignored, backfill_, caps)
                          : not_checked("ignored", ignored.error(), privilege_on_index("read", backfill_)));
}

Result<json::object> BackfillExaminer::search_ignored(const json::object& caps) {
    auto request = search(backfill_.index, ignored_request(backfill_, caps));
    if (!request)
        return request.error();
    const auto answer = inquiry_.send()(*std::move(request), inquiry_.deadline(), nullptr);
    return answer ? complete_search("the request failed", answers_in(*answer, 1).front())
                  : Result<json::object>(answer.error());
}

} // namespace health::elasticsearch
