#include "scripted_server.hpp"

#include <remote/service.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <dlfcn.h>
#include <memory>
#include <netdb.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using test::http_answer;
using test::patience;
using test::ScriptedServer;

namespace {

std::atomic_bool name_server_hangs = false;

}

/// In place of the C library's, so that the name server may be made to hang.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
    if (name == nullptr || name != std::string_view("slow.example"))
        return reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"))(name, service, hints, found);
    name_server_hangs.wait(true);
    return EAI_AGAIN;
}

namespace {

const std::string ok = http_answer("200 OK", "{}");
const std::string busy = http_answer("503 Service Unavailable", "", "Retry-After: 0\r\n");

std::unique_ptr<remote::Service> service_of(const RemoteSettings& settings) {
    auto made = remote::Service::make(settings);
    REQUIRE(made.has_value());
    return *std::move(made);
}

RemoteSettings settings_of(const ScriptedServer& server, const Credentials& credentials = {}) {
    return {.nodes = {server.url()}, .credentials = credentials, .reread_credentials = {}, .tls = {}};
}

Result<remote::Answer> get(remote::Service& service, remote::Service::BusyParts busy_parts = nullptr) {
    return service.call({.method = "GET", .target = "/x", .headers = {}, .body = ""}, Deadline::after(patience),
                        busy_parts);
}

bool sends(const std::string& request, const std::string& header) {
    return request.find("\r\n" + header + "\r\n") != std::string::npos;
}

Credentials key(const std::string& secret) {
    return {.api_key = secret, .bearer_token = {}, .username = {}, .password = {}, .source = "a file"};
}

/// One where nobody listens.
Url closed_port() {
    const ScriptedServer gone(ScriptedServer::Connections{});
    return gone.url();
}

} // namespace

TEST_CASE("an answer says who gave it, and which credentials were sent") {
    ScriptedServer server({{ok}});
    const auto service = service_of(settings_of(server, key("one")));
    const auto got = get(*service);
    REQUIRE(got.has_value());
    CHECK(got->response.body == "{}");
    CHECK(got->from == server.url().shown());
    CHECK(got->credentials_source == "a file");
    CHECK(sends(server.requests().at(0), "Authorization: ApiKey one"));
}

TEST_CASE("after a 401 the credentials are read again, and sent if they have changed") {
    for (const std::string now : {"one", "two"}) {
        CAPTURE(now);
        ScriptedServer server({{http_answer("401 Unauthorized"), ok}});
        RemoteSettings settings = settings_of(server, key("one"));
        settings.reread_credentials = [&now] { return Result<Credentials>(key(now)); };
        const auto got = get(*service_of(settings));
        REQUIRE(got.has_value());
        const auto requests = server.requests();
        if (now == "one") {
            CHECK(got->response.status == 401);
        } else {
            CHECK(got->response.status == 200);
            CHECK(sends(requests.at(1), "Authorization: ApiKey two"));
        }
    }
}

TEST_CASE("one that is busy is asked again, as often as retries allow") {
    for (const int retries : {1, 2}) {
        CAPTURE(retries);
        ScriptedServer server({{busy, busy, ok}});
        RemoteSettings settings = settings_of(server);
        settings.retries = retries;
        CHECK(get(*service_of(settings))->response.status == (retries == 2 ? 200 : 503));
    }
}

TEST_CASE("too many buckets are not fewer the next time") {
    const std::string refusal = http_answer("503 Service Unavailable", R"({"type":"too_many_buckets_exception"})");
    ScriptedServer server({{refusal, ok}});
    CHECK(get(*service_of(settings_of(server)))->response.status == 503);
}

TEST_CASE("parts of an answer that are busy count as the whole") {
    ScriptedServer server({{http_answer("200 OK", "busy"), ok}});
    const auto is_busy = [](const http::Response& response) { return response.body == "busy"; };
    CHECK(get(*service_of(settings_of(server)), is_busy)->response.body == "{}");
    CHECK(server.requests().size() == 2);
}

TEST_CASE("a node that does not answer is passed over, and the one that does is kept") {
    ScriptedServer server({{ok, ok}});
    RemoteSettings settings = settings_of(server);
    settings.nodes.insert(settings.nodes.begin(), closed_port());
    const auto service = service_of(settings);
    CHECK(service->shown() == settings.nodes.front().shown());
    for (int i = 0; i < 2; ++i) {
        const auto got = get(*service);
        REQUIRE(got.has_value());
        CHECK(got->from == server.url().shown());
    }
    CHECK(server.requests().size() == 2);
}

TEST_CASE("a node whose name is looked up in vain is passed over, too") {
    ScriptedServer server({{ok}});
    RemoteSettings settings = settings_of(server);
    settings.nodes.insert(settings.nodes.begin(), *parse_url("http://slow.example:9200"));
    const auto service = service_of(settings);
    name_server_hangs = true;
    const auto got = service->call({.method = "GET", .target = "/x", .headers = {}, .body = ""}, Deadline::after(6s));
    name_server_hangs = false;
    name_server_hangs.notify_all();
    REQUIRE(got.has_value());
    CHECK(got->from == server.url().shown());
}

TEST_CASE("where no node answers, the failure is the last one's") {
    const Url first = closed_port();
    const Url second = closed_port();
    RemoteSettings settings{
        .nodes = {first, second}, .credentials = {}, .reread_credentials = {}, .tls = {}, .retries = 0};
    const auto got = get(*service_of(settings));
    REQUIRE(got.has_error());
    CHECK(got.error().kind == ErrorKind::unreachable);
    CHECK(got.error().message.starts_with(second.shown()));
}
