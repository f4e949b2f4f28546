// What an engine, or whoever stands in its place, answers to doctor. The first byte chooses the status.
#include "properties.hpp"
#include "support.hpp"

#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/live_path.hpp>
#include <kibana/answer.hpp>
#include <model/document.hpp>
#include <report/finding_report.hpp>

#include <boost/json.hpp>

#include <array>
#include <string>

using namespace health;
using namespace health::elasticsearch;

namespace {

constexpr std::array statuses{200, 200, 200, 200, 400, 401, 403, 404, 405, 500, 503};

void is_told(const Finding& finding) {
    test::must(!finding.check.empty() && !finding.message.empty());
    test::must_be_tellable({ErrorKind::rejected, finding.message, finding.hint});
}

void are_told(const Findings& findings, bool may_be_none = false) {
    test::must(may_be_none || !findings.empty());
    for (const Finding& finding : findings)
        is_told(finding);
    const auto report = boost::json::value(to_json(findings, test::sentence));
    test::must(report.at("checks").as_array().size() == findings.size());
}

void is_examined(const boost::json::object& body) {
    const Backfill backfill = test::invoices();
    const std::string url = "http://es";
    are_told(lacking_privileges(body, backfill), true);
    are_told(lacking_health_privileges(body, "health", true), true);
    are_told(check_index(body, backfill.index, url));
    is_told(check_refresh(body, url));
    are_told(check_blocks(body, "blocks", Severity::warning, url), true);
    for (const Term& term : backfill.population)
        is_told(check_population(body, term, backfill.index));
    is_told(check_field(body, &body, "field", backfill.field, backfill.index));
    is_told(check_field(body, nullptr, "field", backfill.field, backfill.index));
    test::must(!mapping_parts(backfill).empty());
    is_told(check_ignored(body, backfill, body));
    are_told(check_health_index(body, health_mapping({&backfill, 1}), "health"));
    is_told(check_cluster(body, url));
    if (const auto found = check_cluster_blocks(body, url))
        is_told(*found);
    if (const auto found = check_asked(body, body))
        is_told(*found);
    are_told(check_disks(body, body));
    is_told(check_clock(body, std::chrono::seconds(1), std::chrono::seconds(2)));
}

/// Whatever is asked for is answered by the same body, as indices, templates and pipelines in turn.
void is_live_path_examined(const remote::Answer& answer, const boost::json::object& body) {
    Backfill backfill = test::invoices();
    for (const std::string_view index : {"orders", "orders-*", "*"}) {
        backfill.index = index;
        backfill.arrival = "@timestamp";
        for (const auto* caps : {&body, static_cast<const boost::json::object*>(nullptr)}) {
            Inquiry inquiry([&](const auto&...) { return Result<remote::Answer>(answer); }, std::chrono::seconds(1));
            are_told(examine_live_path(body, caps, backfill, inquiry));
        }
    }
    const NextIndex next{.name = "orders-2", .after = "orders-1"};
    for (const IndexTemplate& from : {composable_template(body), legacy_template(body, next.name)}) {
        are_told(check_next_index(next, from, body, backfill));
        are_told(check_pipelines(pipelines_of(from, next), body, backfill));
    }
    are_told(check_pipelines({{.pipeline = "p", .index = "orders"}}, body, backfill));
}

} // namespace

void fuzz(std::string_view input) {
    if (input.empty())
        return;
    const remote::Answer answer{
        .response = {.status = statuses.at(static_cast<unsigned char>(input.front()) % statuses.size()),
                     .headers = {},
                     .body = std::string(input.substr(1)),
                     .body_problem = {}},
        .from = "http://es"};
    const ProductCheck product = check_product(answer);
    is_told(product.finding);
    is_told(check_credentials(answer, true, product));
    is_told(kibana::check_status(answer));
    if (const auto body = json_answer("the request failed", answer)) {
        is_examined(*body);
        is_live_path_examined(answer, *body);
    }
}
