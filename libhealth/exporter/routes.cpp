#include <exporter/routes.hpp>

#include <base/encoding.hpp>
#include <base/numbers.hpp>
#include <base/text.hpp>
#include <exporter/page/overview.hpp>
#include <exposition/negotiation.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::exporter {

namespace {

constexpr std::chrono::milliseconds identity_timeout = std::chrono::seconds(1);

http::ServerResponse respond(int status, std::string_view content_type, std::string body) {
    return {.status = status,
            .content_type = std::string(content_type),
            .headers = {},
            .body = std::make_shared<const std::string>(std::move(body))};
}

http::ServerResponse refreshed(const std::optional<Error>& error, HintTexts texts) {
    if (!error)
        return respond(200, "application/json", "{\"ok\": true}");
    return respond(503, "application/json",
                   fmt::format("{{\"ok\": false, \"error\": {}}}",
                               boost::json::serialize(boost::json::string(one_line(*error, texts)))));
}

/// Half a second before it gives up, Prometheus gets the latest page there is.
std::optional<std::chrono::milliseconds> scrape_timeout(std::string_view timeout_seconds) {
    constexpr std::chrono::duration<double> margin(0.5);
    constexpr double longest = 3600;
    const auto seconds = parse_number<double>(timeout_seconds);
    if (!seconds || *seconds < 0 || *seconds > longest)
        return std::nullopt;
    const auto time = std::chrono::duration<double>(*seconds) - margin;
    return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(time));
}

http::ServerResponse ready_to_measure(const std::string& store_identity) {
    auto response = http::text_response(200, endpoint::ready);
    if (!store_identity.empty())
        response.headers.push_back({std::string(endpoint::store_header), store_identity});
    return response;
}

/// Of a query like "a=1&b=2", decoded.
std::optional<std::string> find_parameter(std::string_view query, std::string_view name) {
    for (const std::string_view parameter : split(query, '&'))
        if (const auto equals = parameter.find('='); parameter.substr(0, equals) == name)
            return percent_decode(equals == std::string_view::npos ? "" : parameter.substr(equals + 1));
    return std::nullopt;
}

http::ServerResponse method_not_allowed(std::string_view allow) {
    auto response = http::text_response(405, "method not allowed");
    response.headers.push_back({"Allow", std::string(allow)});
    return response;
}

} // namespace

http::Outcome Routes::operator()(const http::ServerRequest& request) {
    const http::Head& head = request.head;
    const bool get = head.method == "GET" || head.method == "HEAD";
    if (head.path == endpoint::metrics)
        return get ? metrics(head) : method_not_allowed("GET, HEAD");
    if (head.path == endpoint::healthz)
        return get ? http::text_response(200, "ok") : method_not_allowed("GET, HEAD");
    if (head.path == endpoint::readyz)
        return get ? ready(head) : method_not_allowed("GET, HEAD");
    if (head.path == "/")
        return get ? front_page(head) : method_not_allowed("GET, HEAD");
    if (head.path == endpoint::refresh) {
        if (head.method == "POST")
            return refresh();
        return method_not_allowed("POST");
    }
    return http::text_response(404, fmt::format("not found; the metrics are at {}", endpoint::metrics));
}

Routes::Representation Routes::negotiate(const http::Head& head) {
    const std::string_view accept = head.header("Accept");
    const std::string_view accept_encoding = head.header("Accept-Encoding");
    auto& [last_accept, last_accept_encoding, representation] = negotiated_;
    if (accept != last_accept || accept_encoding != last_accept_encoding) {
        representation = {exposition::negotiate_format(accept), exposition::accepts_gzip(accept_encoding)};
        last_accept = accept;
        last_accept_encoding = accept_encoding;
    }
    return representation;
}

http::Outcome Routes::metrics(const http::Head& head) {
    const auto [format, gzipped] = negotiate(head);
    if (!measure_on_scrape_)
        return pages_.get(format, gzipped);
    const auto page = [this, format, gzipped]() -> http::Outcome { return pages_.get(format, gzipped); };
    return http::Deferred{.begin =
                              [this, page](http::Reply reply) {
                                  // The page is the same whether it succeeded: it says so itself.
                                  refresher_.request([page, reply = std::move(reply)](
                                                         const std::optional<Error>& /*error*/) { reply(page); });
                              },
                          .timeout = scrape_timeout(head.header("X-Prometheus-Scrape-Timeout-Seconds")),
                          .on_timeout = page};
}

http::Deferred Routes::refresh() const {
    return {.begin =
                [this](http::Reply reply) {
                    refresher_.request(
                        [reply = std::move(reply), texts = hint_texts_](const std::optional<Error>& error) {
                            reply([response = refreshed(error, texts)] { return response; });
                        });
                },
            .timeout = std::nullopt,
            .on_timeout = {}};
}

http::Outcome Routes::ready(const http::Head& head) {
    if (const auto reason = pages_.reason_not_ready())
        return http::text_response(503, *reason);
    if (head.query != endpoint::store_query)
        return http::text_response(200, endpoint::ready);
    return http::Deferred{.begin =
                              [this](http::Reply reply) {
                                  refresher_.identify([reply = std::move(reply)](const std::string& identity) {
                                      reply([identity] { return ready_to_measure(identity); });
                                  });
                              },
                          .timeout = identity_timeout,
                          .on_timeout = [] { return ready_to_measure({}); }};
}

http::ServerResponse Routes::front_page(const http::Head& head) const {
    history_reader_.request();
    const auto name = find_parameter(head.query, backfill_parameter);
    const auto page = name ? front_pages_.page_of(*name) : front_pages_.front_page();
    if (page == nullptr)
        return http::text_response(404, "no backfill has that name");
    http::ServerResponse response{
        .status = 200, .content_type = "text/html; charset=utf-8", .headers = {}, .body = page};
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
