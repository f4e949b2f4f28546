// What Kibana, or whoever stands in its place, answers to an import. The first byte chooses the status.
#include "properties.hpp"

#include <kibana/answer.hpp>

#include <boost/json.hpp>

#include <array>
#include <string>

namespace {

constexpr std::array statuses{200, 200, 200, 400, 401, 403, 404, 413, 422, 500, 503};

template <class T>
void must_be_tellable(const health::Result<T>& result) {
    if (!result)
        test::must_be_tellable(result.error());
}

} // namespace

void fuzz(std::string_view input) {
    if (input.empty())
        return;
    const int status = statuses.at(static_cast<unsigned char>(input.front()) % statuses.size());
    const std::string body(input.substr(1));
    const health::remote::Answer answer{.response = {.status = status, .headers = {}, .body = body, .body_problem = {}},
                                        .from = "http://kibana"};
    must_be_tellable(health::kibana::read_space(answer, "space"));
    must_be_tellable(health::kibana::read_object(answer, "dashboard", "id"));
    must_be_tellable(health::kibana::read_page(answer));
    const auto report = health::kibana::read_report(answer);
    must_be_tellable(report);
    if (!report)
        return;
    for (const health::Error& error : report->refusals)
        test::must_be_tellable(error);
    const auto parsed = boost::json::parse(body);
    test::must(status == 200);
    test::must((parsed.at("success") == true) == (report->conflicts.empty() && report->refusals.empty()));
    test::must(parsed.at("successCount").as_int64() == static_cast<std::int64_t>(report->count));
}
