#include <elasticsearch/planner.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;

namespace {

constexpr std::size_t usual_bytes = 200;

std::vector<Question> questions(std::initializer_list<std::string> indices) {
    std::vector<Question> out;
    for (const std::string& index : indices)
        out.push_back({.id = out.size(), .key = fmt::format("b{}", out.size()), .index = index, .bytes = usual_bytes});
    return out;
}

remote::Answer answer(int status, const json::value& body) {
    return {.response = {.status = status, .headers = {}, .body = json::serialize(body), .body_problem = {}},
            .from = "http://es"};
}

json::object refusal(int status, std::string_view type, std::string_view reason = "no") {
    return {{"error", {{"type", type}, {"reason", reason}}}, {"status", status}};
}

/// Knows which questions it refuses, and how; all else is answered with the keys that it was asked for.
struct Engine {
    std::set<std::string> unparsable{};
    std::set<std::string> refused{};   ///< by a shard
    std::set<std::string> expensive{}; ///< with 500
    std::set<std::string> missing{};   ///< indices
    std::set<std::string> closed{};    ///< indices
    std::set<std::string> busy{};      ///< indices, the first time that they are asked for beside others
    std::size_t most_bytes = std::size_t(-1);
    bool multi_search = true;
    std::vector<std::vector<std::vector<std::string>>> requests{}; ///< searches, and the keys of each

    Result<remote::Answer> operator()(std::span<const Search> searches) {
        std::vector<std::vector<std::string>> asked;
        std::size_t bytes = 0;
        for (const Search& search : searches) {
            asked.emplace_back();
            for (const Question& question : search.questions) {
                asked.back().push_back(question.key);
                bytes += question.bytes;
            }
        }
        requests.push_back(asked);
        if (bytes > most_bytes)
            return answer(413, "too large");
        if (searches.size() > 1 && !multi_search)
            return answer(400,
                          refusal(400, "illegal_argument_exception", "explicit index in multi search is not allowed"));
        for (const auto& keys : asked)
            if (std::ranges::any_of(keys, [&](const auto& key) { return unparsable.contains(key); }))
                return answer(400, refusal(400, "parsing_exception"));
        json::array responses;
        for (const Search& search : searches)
            responses.push_back(respond(search, searches.size() > 1));
        if (std::ranges::all_of(responses, [](const json::value& one) { return one.at("status") == 429; }))
            return requests.pop_back(), (*this)(searches); // as often as retries allow
        if (searches.size() == 1)
            return answer(static_cast<int>(responses.front().at("status").as_int64()), responses.front());
        return answer(200, {{"responses", responses}});
    }

private:
    json::value respond(const Search& search, bool beside_others) {
        const std::string& index = search.questions.front().index;
        if (missing.contains(index))
            return refusal(404, "index_not_found_exception");
        if (closed.contains(index))
            return refusal(400, "index_closed_exception");
        if (beside_others && busy.erase(index) > 0)
            return refusal(429, "es_rejected_execution_exception");
        json::array keys;
        for (const Question& question : search.questions) {
            CHECK(question.index == index);
            if (refused.contains(question.key))
                return refusal(400, "search_phase_execution_exception");
            if (expensive.contains(question.key))
                return refusal(500, "search_phase_execution_exception",
                               "cannot be executed when 'search.allow_expensive_queries' is set to false.");
            keys.emplace_back(question.key);
        }
        return {{"status", 200}, {"keys", keys}};
    }
};

/// The status of each question, by its key.
std::map<std::string, int> ask(Engine& engine, std::vector<Question> asked, Isolation& isolation) {
    std::map<std::string, int> out;
    Planner planner(std::move(asked), isolation);
    for (auto searches = planner.next(); !searches.empty(); searches = planner.next()) {
        for (const auto& [settled, result] : planner.take(engine(searches))) {
            REQUIRE(result.has_value());
            json::array keys;
            for (const Question& question : settled) {
                keys.emplace_back(question.key);
                CHECK(out.try_emplace(question.key, result->response.status).second);
            }
            if (result->response.status == 200)
                CHECK(json::parse(result->response.body).at("keys") == keys);
        }
    }
    return out;
}

std::map<std::string, int> ask(Engine& engine, std::vector<Question> asked) {
    Isolation isolation;
    return ask(engine, std::move(asked), isolation);
}

using Requests = std::vector<std::vector<std::vector<std::string>>>;

} // namespace

TEST_CASE("backfills on one index expression share a search, and all searches a request") {
    Engine engine;
    ask(engine, questions({"x", "y", "x", "z*", "y", "x"}));
    CHECK(engine.requests == Requests{{{"b0", "b2", "b5"}, {"b1", "b4"}, {"b3"}}});
}

TEST_CASE("no question, no request") {
    Isolation isolation;
    Planner planner({}, isolation);
    CHECK(planner.next().empty());
}

TEST_CASE("what cannot share a search has its own") {
    auto asked = questions({"x", "x", "x"});
    asked[0].shares = asked[1].shares = asked[2].shares = false;
    Engine engine;
    ask(engine, asked);
    CHECK(engine.requests == Requests{{{"b0"}, {"b1"}, {"b2"}}});
}

TEST_CASE("what can be larger than an answer is several requests from the start") {
    Isolation isolation;
    isolation.largest_answer = 1000; // three searches of one question, or one search of three
    Engine engine;
    ask(engine, questions({"x", "x", "x", "x", "y"}), isolation);
    CHECK(engine.requests == Requests{{{"b0", "b1", "b2"}}, {{"b3"}}, {{"b4"}}});
}

TEST_CASE("a missing or closed index fails what is asked of it, with no further request") {
    Engine engine{.missing = {"x"}, .closed = {"y"}};
    const auto found = ask(engine, questions({"x", "y", "z", "x", "y"}));
    CHECK(found == std::map<std::string, int>{{"b0", 404}, {"b1", 400}, {"b2", 200}, {"b3", 404}, {"b4", 400}});
    CHECK(engine.requests.size() == 1);
}

TEST_CASE("one that a shard refuses is found beside the others, and gets a search of its own from then on") {
    Engine engine{.refused = {"b2"}};
    Isolation isolation;
    const auto found = ask(engine, questions({"x", "x", "x", "x"}), isolation);
    CHECK(found == std::map<std::string, int>{{"b0", 200}, {"b1", 200}, {"b2", 400}, {"b3", 200}});
    CHECK(engine.requests == Requests{{{"b0", "b1", "b2", "b3"}}, {{"b0", "b1"}, {"b2", "b3"}}, {{"b2"}, {"b3"}}});

    engine.requests.clear();
    CHECK(ask(engine, questions({"x", "x", "x", "x"}), isolation) == found);
    CHECK(engine.requests == Requests{{{"b0", "b1", "b3"}, {"b2"}}});
}

TEST_CASE("one that cannot be parsed is found by halves, and gets a request of its own from then on") {
    Engine engine{.unparsable = {"b1"}};
    Isolation isolation;
    const auto found = ask(engine, questions({"x", "y", "z"}), isolation);
    CHECK(found == std::map<std::string, int>{{"b0", 200}, {"b1", 400}, {"b2", 200}});
    CHECK(engine.requests == Requests{{{"b0"}, {"b1"}, {"b2"}}, {{"b0"}}, {{"b1"}, {"b2"}}, {{"b1"}}, {{"b2"}}});

    engine.requests.clear();
    CHECK(ask(engine, questions({"x", "y", "z"}), isolation) == found);
    CHECK(engine.requests == Requests{{{"b0"}, {"b2"}}, {{"b1"}}});
}

TEST_CASE("a backfill that is the only one is asked for once, and is nobody's culprit") {
    Engine engine{.unparsable = {"b0"}};
    Isolation isolation;
    CHECK(ask(engine, questions({"x"}), isolation) == std::map<std::string, int>{{"b0", 400}});
    CHECK(engine.requests.size() == 1);
    CHECK(isolation.alone.empty());
}

TEST_CASE("a request that is too large is halved, and the next ones are not so large") {
    Engine engine{.most_bytes = 5 * usual_bytes};
    Isolation isolation;
    const auto asked = questions({"x", "x", "x", "x", "x", "x", "x", "x"});
    const auto found = ask(engine, asked, isolation);
    CHECK(std::ranges::all_of(found, [](const auto& one) { return one.second == 200; }));
    CHECK(engine.requests.size() == 3);
    CHECK(isolation.apart.empty());
    engine.requests.clear();
    CHECK(ask(engine, asked, isolation) == found);
    CHECK(engine.requests.size() <= 3);
    CHECK(std::ranges::none_of(engine.requests, [](const auto& request) { return request.front().size() > 5; }));
}

TEST_CASE("an answer that is too large for the client, or has too many buckets for the engine, is one of those") {
    auto large = answer(200, {});
    large.response.too_large = true;
    const auto buckets = answer(503, {{"error", {{"caused_by", {{"type", "too_many_buckets_exception"}}}}}});
    for (const auto& too_much : {large, buckets}) {
        Isolation isolation;
        Planner planner(questions({"x", "x"}), isolation);
        REQUIRE(planner.next().size() == 1);
        CHECK(planner.take(too_much).empty());
        CHECK(planner.next().size() == 1);
        CHECK(planner.next().front().questions.size() == 1);
    }
}

TEST_CASE("what says nothing of the content is not asked again by halves") {
    for (const int status : {401, 403, 404, 429, 500, 502, 503, 504}) {
        CAPTURE(status);
        Isolation isolation;
        Planner planner(questions({"x", "x", "y"}), isolation);
        REQUIRE(planner.next().size() == 2);
        const auto settled = planner.take(answer(status, refusal(status, "some_exception")));
        CHECK(settled.size() == 2);
        CHECK(planner.next().empty());
        CHECK(isolation.alone.empty());
    }
}

TEST_CASE("an answer that is not that of several searches is the answer to each") {
    for (const json::value& body :
         {json::value(json::object{}), json::value(json::array{}), json::value{{"responses", json::array{}}},
          json::value{{"responses", json::array{json::object{}, 1}}}}) {
        Isolation isolation;
        Planner planner(questions({"x", "y"}), isolation);
        REQUIRE(planner.next().size() == 2);
        const auto settled = planner.take(answer(200, body));
        REQUIRE(settled.size() == 2);
        CHECK(settled[0].answer->response.body == json::serialize(body));
        CHECK(planner.next().empty());
    }
}

TEST_CASE("without an answer nothing more is asked") {
    Isolation isolation;
    isolation.largest_answer = 1000;
    Planner planner(questions({"x", "x", "x", "x", "y"}), isolation);
    REQUIRE(!planner.next().empty());
    const auto settled = planner.take(Error{ErrorKind::timeout, "no answer in time", ""});
    CHECK(settled.size() == 3);
    for (const auto& one : settled)
        CHECK(one.answer.error().kind == ErrorKind::timeout);
    CHECK(planner.next().empty());
}

TEST_CASE("those that meet a busy engine are asked again, once, and not the others") {
    Engine engine{.busy = {"y"}};
    const auto found = ask(engine, questions({"x", "y", "z"}));
    CHECK(std::ranges::all_of(found, [](const auto& one) { return one.second == 200; }));
    CHECK(engine.requests == Requests{{{"b0"}, {"b1"}, {"b2"}}, {{"b1"}}});
}

TEST_CASE("an engine that takes no index in the body of several searches is asked one by one, and remembered") {
    Engine engine{.multi_search = false};
    Isolation isolation;
    const auto asked = questions({"x", "y", "x"});
    const auto found = ask(engine, asked, isolation);
    CHECK(std::ranges::all_of(found, [](const auto& one) { return one.second == 200; }));
    CHECK(engine.requests.size() == 3);
    engine.requests.clear();
    CHECK(ask(engine, asked, isolation) == found);
    CHECK(engine.requests == Requests{{{"b0", "b2"}}, {{"b1"}}});
}

TEST_CASE("one more question follows those that wait") {
    Isolation isolation;
    auto asked = questions({"x", "y"});
    Planner planner({asked[0]}, isolation);
    Engine engine;
    const auto first = engine(planner.next());
    planner.add(asked[1]);
    CHECK(planner.take(first).size() == 1);
    REQUIRE(planner.next().size() == 1);
    CHECK(planner.next().front().questions.front().key == "b1");
}

TEST_CASE("whatever an engine refuses, each question has its own answer, once, and the next plan is short") {
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp)
    const auto chance = [&](double share) { return std::bernoulli_distribution(share)(random); };
    for (int round = 0; round < 100; ++round) {
        CAPTURE(round);
        const auto count = std::uniform_int_distribution<std::size_t>(1, 60)(random);
        const auto indices = std::uniform_int_distribution<int>(1, 6)(random);
        Engine engine;
        engine.multi_search = chance(0.95);
        const bool small = chance(0.2);
        if (small)
            engine.most_bytes = usual_bytes * std::uniform_int_distribution<std::size_t>(1, 20)(random);
        for (int i = 0; i < indices; ++i) {
            const std::string index = fmt::format("i{}", i);
            if (chance(0.1))
                engine.missing.insert(index);
            if (chance(0.1))
                engine.busy.insert(index);
        }
        std::vector<Question> asked;
        std::map<std::string, int> expected;
        for (std::size_t i = 0; i < count; ++i) {
            asked.push_back({.id = i,
                             .key = fmt::format("b{}", i),
                             .index = fmt::format("i{}", std::uniform_int_distribution<int>(0, indices - 1)(random)),
                             .bytes = usual_bytes,
                             .shares = chance(0.9)});
            const std::string& key = asked.back().key;
            expected[key] = engine.missing.contains(asked.back().index) ? 404 : 200;
            if (chance(0.05)) {
                engine.unparsable.insert(key);
                expected[key] = 400;
            } else if (chance(0.05)) {
                (chance(0.5) ? engine.refused : engine.expensive).insert(key);
                if (expected[key] == 200)
                    expected[key] = engine.refused.contains(key) ? 400 : 500;
            }
        }
        Isolation isolation;
        CHECK(ask(engine, asked, isolation) == expected);
        const std::size_t culprits = engine.unparsable.size() + engine.refused.size() + engine.expensive.size();
        if (!small && engine.multi_search)
            CHECK(engine.requests.size() <= 2 + 4 * culprits * 7); // halving 64 takes 6 steps
        engine.busy.clear();
        engine.requests.clear();
        CHECK(ask(engine, asked, isolation) == expected);
        if (!small && engine.multi_search) {
            // What stood beside one that cannot be parsed may have been refused by a shard for itself alone.
            CHECK(engine.requests.size() <= 1 + culprits);
            if (engine.unparsable.empty())
                CHECK(engine.requests.size() == 1);
        }
    }
}
