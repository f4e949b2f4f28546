#include <elasticsearch/api/engine.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace health;
using namespace health::elasticsearch;

namespace {

Engine engine(int status, std::string body, std::vector<http::Header> headers = {}) {
    return recognise_engine(
        {.status = status, .headers = std::move(headers), .body = std::move(body), .body_problem = {}});
}

} // namespace

TEST_CASE("an engine says what it is") {
    using enum Engine::Product;
    const Engine plain = engine(200, R"({"cluster_uuid":"abc","version":{"number":"8.19.3"}})");
    CHECK(plain.product == elasticsearch);
    CHECK(plain.number == "8.19.3");
    CHECK(plain.version == std::pair(8, 19));
    CHECK(plain.identity == "cluster/abc");
    const Engine open = engine(200, R"({"version":{"number":"2.19.6","distribution":"opensearch"}})");
    CHECK(open.product == opensearch);
    CHECK_FALSE(open.hides_version);
    const Engine hidden = engine(200, R"({"version":{"number":"7.10.2"},"tagline":"The OpenSearch Project"})");
    CHECK(hidden.product == opensearch);
    CHECK(hidden.hides_version);
}

TEST_CASE("an answer that does not tell the version leaves open what it is") {
    using enum Engine::Product;
    CHECK(engine(403, "{}").product == unknown);
    CHECK(engine(503, "").product == unknown);
    const Engine refusing = engine(403, "{}", {{"X-elastic-product", "Elasticsearch"}});
    CHECK(refusing.product == elasticsearch);
    CHECK_FALSE(refusing.version);
}

TEST_CASE("another program is no engine") {
    using enum Engine::Product;
    for (const char* body : {"<html>", "{}", R"({"version":{"number":"latest"}})"})
        CHECK(engine(200, body).product == another);
    CHECK(engine(302, "", {{"kbn-name", "kibana"}}).product == another);
}

TEST_CASE("a cluster is told from others by its UUID, if it has a plain one") {
    const auto identity = [](std::string_view uuid) {
        return elasticsearch::cluster_identity({{"cluster_name", "es"}, {"cluster_uuid", uuid}});
    };
    CHECK(identity("n6uTE7BSQ0m-_A1bC2dE3f") == "cluster/n6uTE7BSQ0m-_A1bC2dE3f");
    for (const std::string& not_one : {std::string("_na_"), std::string(), std::string("a b"), std::string("a\r\nX: 1"),
                                       std::string("\xC3\xA4"), std::string(65, 'x')})
        CHECK(identity(not_one).empty());
    CHECK(elasticsearch::cluster_identity({}).empty());
    CHECK(elasticsearch::cluster_identity({{"cluster_uuid", 7}}).empty());
}
