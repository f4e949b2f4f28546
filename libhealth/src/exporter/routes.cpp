#include "routes.hpp"

#include "exporter/front_page.hpp"
#include "exposition/negotiation.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

namespace health::exporter {

namespace {

http::ServerResponse respond(int status, std::string_view content_type, std::string body) {
    return {.status = status,
            .content_type = std::string(content_type),
            .headers = {},
            .body = std::make_shared<const std::string>(std::move(body))};
}

http::ServerResponse plain(int status, std::string body) {
    return respond(status, "text/plain; charset=utf-8", std::move(body));
}

http::ServerResponse refreshed(const std::optional<Error>& error) {
    if (!error)
        return respond(200, "application/json", "{\"ok\": true}");
    return respond(
        503, "application/json",
        fmt::format("{{\"ok\": false, \"error\": {}}}", boost::json::serialize(boost::json::string(one_line(*error)))));
}

http::ServerResponse method_not_allowed(std::string_view allow) {
    auto response = plain(405, "method not allowed\n");
    response.headers.push_back({"Allow", std::string(allow)});
    return response;
}

} // namespace

http::Outcome Routes::operator()(const http::ServerRequest& request) {
    const http::Head& head = request.head;
    const bool get = head.method == "GET" || head.method == "HEAD";
    if (head.path == "/metrics")
        return get ? metrics(head) : method_not_allowed("GET, HEAD");
    if (head.path == "/healthz")
        return get ? plain(200, "ok\n") : method_not_allowed("GET, HEAD");
    if (head.path == "/readyz")
        return get ? ready() : method_not_allowed("GET, HEAD");
    if (head.path == "/")
        return get ? front_page() : method_not_allowed("GET, HEAD");
    if (head.path == "/metrics/refresh") {
        if (head.method == "POST")
            return refresh();
        return method_not_allowed("POST");
    }
    return plain(404, "not found; the metrics are at /metrics\n");
}

http::Outcome Routes::metrics(const http::Head& head) {
    const auto format = exposition::negotiate_format(head.header("Accept"));
    const bool gzipped = exposition::accepts_gzip(head.header("Accept-Encoding"));
    if (!measure_on_scrape_)
        return metrics_page(format, gzipped);
    return http::Deferred{[this, format, gzipped](http::Reply reply) {
        // The page is the same whether it succeeded: it says so itself.
        refresher_.request([this, format, gzipped, reply = std::move(reply)](const std::optional<Error>& /*error*/) {
            reply([this, format, gzipped] { return metrics_page(format, gzipped); });
        });
    }};
}

http::ServerResponse Routes::metrics_page(exposition::Format format, bool gzipped) {
    http::ServerResponse response{.status = 200,
                                  .content_type = std::string(exposition::content_type(format)),
                                  .headers = {{"Vary", "Accept, Accept-Encoding"}},
                                  .body = pages_.get(format, gzipped)};
    if (gzipped)
        response.headers.push_back({"Content-Encoding", "gzip"});
    return response;
}

http::Deferred Routes::refresh() const {
    return {[this](http::Reply reply) {
        refresher_.request([reply = std::move(reply)](const std::optional<Error>& error) {
            reply([response = refreshed(error)] { return response; });
        });
    }};
}

http::ServerResponse Routes::ready() const {
    const View view = journal_.view();
    if (view.telemetry.up)
        return plain(200, "ready\n");
    return plain(503, view.failing ? view.failing->text + "\n" : "not measured yet\n");
}

http::ServerResponse Routes::front_page() const {
    refresher_.want_history();
    auto response =
        respond(200, "text/html; charset=utf-8", render_front_page(journal_.view(), source_, now_in_seconds()));
    response.headers = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
         "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", "no-store"}};
    return response;
}

} // namespace health::exporter
