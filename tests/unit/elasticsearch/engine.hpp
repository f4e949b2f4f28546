#pragma once

#include <elasticsearch/api/send.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// Answers in place of an engine at http://es:9200, and keeps what it was asked.
struct Engine {
    using Answer = health::Result<health::remote::Answer>;

    std::function<Answer(const health::http::Request&)> on_request;
    std::vector<health::http::Request> requests{};

    /// "GET /index", one for each request.
    [[nodiscard]] std::vector<std::string> asked() const {
        std::vector<std::string> out;
        for (const auto& request : requests)
            out.push_back(request.method + " " + request.target);
        return out;
    }

    health::elasticsearch::Send send() {
        return [this](health::http::Request request, const health::Deadline& /*deadline*/,
                      health::remote::Service::BusyParts /*busy_parts*/) {
            requests.push_back(std::move(request));
            return on_request(requests.back());
        };
    }
};

inline health::remote::Answer answer_of_engine(int status, std::string body = "{}") {
    return {.response = {.status = status, .headers = {}, .body = std::move(body), .body_problem = {}},
            .from = "http://es:9200"};
}

} // namespace test
