#include "ndjson/support.hpp"

#include <ndjson/sampling.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

using namespace health;
using namespace health::tests;

namespace {

Backfill bills() {
    return {.name = "bills",
            .index = "mail*",
            .population = {{"category", {"bills"}}},
            .field = "dates",
            .derived = {"expires_at"},
            .field_label = "dates[]"};
}

Deadline soon() {
    return Deadline::after(std::chrono::minutes(1));
}

std::string dated(int number) {
    return fmt::format(R"({{"category":"bills","dates":[{}]}})"
                       "\n",
                       number);
}

std::string with_id(const std::string& id, const std::string& document) {
    return fmt::format(R"({{"index":{{"_id":"{}"}}}})"
                       "\n{}",
                       id, document);
}

ndjson::Files only(const std::filesystem::path& path) {
    return {{path, path}};
}

std::vector<std::string> ids(const RandomSample& draw) {
    std::vector<std::string> out;
    for (const DocumentKey& key : draw.keys)
        out.push_back(key.id.id);
    return out;
}

/// The sources of the documents that are fetched at once; "gone" for none.
std::vector<std::string> sources(const std::filesystem::path& path, const std::vector<DocumentKey>& keys) {
    std::vector<std::string> out;
    for (const auto& document : value_of(ndjson::fetch(path, bills(), keys, soon())))
        out.push_back(document ? document->source : "gone");
    return out;
}

} // namespace

TEST_CASE("a draw has documents of the population that have the field, in the order of the file") {
    const TemporaryFolder folder;
    const auto path = folder.write("mail", dated(1) + "{\"category\":\"bills\"}\n\n" + dated(4) + dated(5) +
                                               "{\"category\":\"offers\",\"dates\":[1]}\n");
    const auto all = value_of(ndjson::draw(only(path), bills(), 10, 1, soon()));
    CHECK(ids(all) == std::vector<std::string>{"line 1", "line 4", "line 5"});
    CHECK(all.candidates == 3);
    CHECK(all.has_all());
    CHECK(all.keys.front().id.index == "mail");
    const auto two = value_of(ndjson::draw(only(path), bills(), 2, 1, soon()));
    CHECK(two.keys.size() == 2);
    CHECK(!two.has_all());
    CHECK(std::ranges::is_sorted(ids(two)));
}

TEST_CASE("each document is drawn as often as any other, across files, and a seed repeats a draw") {
    constexpr int draws = 4000;
    constexpr std::size_t limit = 5;
    const TemporaryFolder folder;
    std::string first;
    std::string second;
    for (int i = 0; i < 12; ++i)
        (i < 4 ? first : second) += dated(i);
    ndjson::Files files = only(folder.write("mail-1", first));
    files.merge(only(folder.write("mail-2", second)));
    std::map<std::string, int> times;
    for (std::uint64_t seed = 0; seed < draws; ++seed) {
        const auto draw = value_of(ndjson::draw(files, bills(), limit, seed, soon()));
        REQUIRE(draw.keys.size() == limit);
        for (const DocumentKey& key : draw.keys)
            ++times[key.id.index + "/" + key.id.id];
    }
    CHECK(times.size() == 12);
    for (const auto& [document, count] : times) { // binomial: the standard deviation is 31
        CAPTURE(document);
        CHECK(std::abs(count - draws * 5 / 12) < 130);
    }
    CHECK(value_of(ndjson::draw(files, bills(), limit, 7, soon())).keys ==
          value_of(ndjson::draw(files, bills(), limit, 7, soon())).keys);
}

TEST_CASE("what was drawn is fetched from its line") {
    const TemporaryFolder folder;
    const auto path = folder.write("mail", dated(1) + dated(2) + dated(3));
    auto keys = value_of(ndjson::draw(only(path), bills(), 3, 1, soon())).keys;
    std::ranges::reverse(keys);
    CHECK(sources(path, keys) == std::vector<std::string>{R"({"category":"bills","dates":[3]})",
                                                          R"({"category":"bills","dates":[2]})",
                                                          R"({"category":"bills","dates":[1]})"});
    folder.write("mail", dated(1) + "{\"category\":\"bills\",\"dates\":null}\n");
    CHECK(sources(path, keys) == std::vector<std::string>{"gone", "gone", R"({"category":"bills","dates":[1]})"});
}

TEST_CASE("a document with an id is found on another line, and the one on its own line is preferred") {
    const TemporaryFolder folder;
    const auto path = folder.write("mail", with_id("a", dated(1)) + with_id("b", dated(2)) + with_id("a", dated(3)));
    const auto keys = value_of(ndjson::draw(only(path), bills(), 3, 1, soon())).keys;
    CHECK(sources(path, keys) == std::vector<std::string>{R"({"category":"bills","dates":[1]})",
                                                          R"({"category":"bills","dates":[2]})",
                                                          R"({"category":"bills","dates":[3]})"});
    CHECK(sources(path, {keys[2]}) == std::vector<std::string>{R"({"category":"bills","dates":[3]})"});
    folder.write("mail", with_id("c", dated(9)) + with_id("x", dated(8)) + with_id("b", dated(7)));
    CHECK(sources(path, keys) == std::vector<std::string>{"gone", R"({"category":"bills","dates":[7]})", "gone"});
}

TEST_CASE("the source is the document alone, wherever it stands") {
    const TemporaryFolder folder;
    const auto path = folder.write("dump", "{\"_id\":\"d\",\"_source\":{ \"category\":\"bills\", \"dates\":[1.5] }}\n");
    const auto draw = value_of(ndjson::draw(only(path), bills(), 3, 1, soon()));
    CHECK(ids(draw) == std::vector<std::string>{"d"});
    CHECK(sources(path, draw.keys) == std::vector<std::string>{R"({"category":"bills","dates":[1.5]})"});
}

TEST_CASE("as many are fetched as fit into some MiB, and at least one") {
    const TemporaryFolder folder;
    const std::string padding(3'000'000, 'x');
    std::string text;
    for (int i = 0; i < 4; ++i)
        text += fmt::format(R"({{"category":"bills","dates":[{}],"padding":"{}"}})"
                            "\n",
                            i, i == 3 ? padding + padding : "x" + padding);
    const auto path = folder.write("mail", text);
    const auto keys = value_of(ndjson::draw(only(path), bills(), 4, 1, soon())).keys;
    for (std::size_t done = 0; done < keys.size(); ++done) {
        const std::vector<DocumentKey> left(keys.begin() + static_cast<std::ptrdiff_t>(done), keys.end());
        const auto fetched = value_of(ndjson::fetch(path, bills(), left, soon()));
        REQUIRE(fetched.size() == 1);
        REQUIRE(fetched.front());
        CHECK(fetched.front()->source.find(fmt::format("[{}]", done)) != std::string::npos);
    }
}
