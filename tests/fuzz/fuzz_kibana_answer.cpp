// What Kibana, or whoever stands in its place, answers to an import. The first byte chooses the status.
#include "properties.hpp"

#include <kibana/answer.hpp>

#include <boost/json.hpp>

#include <array>
#include <string>

namespace {

constexpr std::array statuses{200, 200, 200, 400, 401, 403, 404, 413, 422, 500, 503};

}

void fuzz(std::string_view input) {
    if (input.empty())
        return;
    const int status = statuses.at(static_cast<unsigned char>(input.front()) % statuses.size());
    const std::string body(input.substr(1));
    const auto count = health::kibana::read_answer(
        {.response = {.status = status, .headers = {}, .body = body, .body_problem = {}}, .from = "http://kibana"});
    if (!count) {
        test::must(!count.error().empty());
        for (const health::Error& error : count.error())
            test::must_be_tellable(error);
        return;
    }
    const auto answer = boost::json::parse(body);
    test::must(status == 200 && answer.at("success") == true);
    test::must(answer.at("successCount").as_int64() == static_cast<std::int64_t>(count->count));
}
