#include <base/secrets.hpp>
#include <remote/status.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace health;

namespace {

std::string described(int status, const std::string& location) {
    return remote::describe_status(
        {.status = status, .headers = {{"location", location}}, .body = {}, .body_problem = {}});
}

} // namespace

TEST_CASE("a redirect says where to, as that explains it, and other statuses do not") {
    CHECK(described(302, "https://login.example/") == "status 302, to https://login.example/");
    CHECK(described(404, "https://login.example/") == "status 404");
    CHECK(described(302, "") == "status 302");
}

TEST_CASE("a redirect's target gives no secret away") {
    CHECK(described(302, "https://login.example/?next=/secret") == "status 302, to https://login.example/");
    CHECK(described(302, "/login#token") == "status 302, to /login");
    CHECK(described(302, "https://me:pa55@login.example/") == "status 302");
    register_secret("canary-in-a-redirect");
    CHECK(described(302, "/canary-in-a-redirect/") == "status 302, to /***/");
    const std::string long_one = described(302, "/" + std::string(5000, 'x') + "\r\n");
    CHECK(long_one.size() < 150);
    CHECK(long_one.find('\n') == std::string::npos);
}

TEST_CASE("too many buckets are so with any status") {
    for (const int status : {400, 503})
        CHECK(remote::exceeds_bucket_limit({.status = status,
                                            .headers = {},
                                            .body = R"({"error":{"caused_by":{"type":"too_many_buckets_exception"}}})",
                                            .body_problem = {}}));
    CHECK_FALSE(remote::exceeds_bucket_limit({.status = 503, .headers = {}, .body = "{}", .body_problem = {}}));
}

TEST_CASE("what may succeed when it is sent again") {
    for (const std::uint64_t status : {429U, 502U, 503U, 504U})
        CHECK(remote::is_busy(status));
    for (const std::uint64_t status : {0U, 200U, 400U, 404U, 409U, 428U, 430U, 500U, 501U, 505U})
        CHECK_FALSE(remote::is_busy(status));
}
