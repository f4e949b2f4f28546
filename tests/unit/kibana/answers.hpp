#pragma once

#include <remote/service.hpp>

#include <string>
#include <utility>
#include <vector>

namespace test {

/// An answer of the Kibana at http://kibana:5601.
inline health::remote::Answer answer(int status, std::string body, std::vector<health::http::Header> headers = {}) {
    return {.response = {.status = status, .headers = std::move(headers), .body = std::move(body), .body_problem = {}},
            .from = "http://kibana:5601",
            .credentials_source = "KIBANA_API_KEY"};
}

/// An answer with a body of which only a part has come.
inline health::remote::Answer cut_off(std::string body) {
    health::remote::Answer out = answer(200, std::move(body));
    out.response.body_problem = health::Error{health::ErrorKind::unreachable, "cut off", ""};
    return out;
}

inline health::remote::Answer answer_of_elasticsearch() {
    return answer(200, R"({"version":{"number":"8.12.2"},"tagline":"You Know, for Search"})",
                  {{"X-elastic-product", "Elasticsearch"}});
}

} // namespace test
