#include "fake_store.hpp"
#include "support.hpp"

#include <commands/verification/sampled_truth.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

using namespace health;
using cli::verification::SampledTruth;

namespace {

/// Documents by their ids; each reading of one finds its next source, and then again the last one. None: it is gone.
struct Mail {
    using Sources = std::vector<std::optional<std::string>>;

    std::map<std::string, Sources> documents;
    std::string command;
    std::size_t page = 100;
    std::size_t candidates = 0; ///< 0: all are drawn
    std::vector<bool> known_fields{};

    Result<Verification> verify() {
        test::FakeStore store;
        store.on_draw = [&](std::size_t limit, std::uint64_t seed) -> Result<RandomSample> {
            CHECK(limit == 50);
            CHECK(seed == 4711);
            RandomSample out{.keys = {}, .candidates = candidates == 0 ? documents.size() : candidates};
            for (const auto& [id, sources] : documents)
                out.keys.push_back({.id = {.index = "gmail_emails_v2", .id = id}});
            return out;
        };
        store.on_fetch = [&](std::span<const DocumentKey> keys) -> Result<std::vector<std::optional<Document>>> {
            std::vector<std::optional<Document>> out;
            for (const DocumentKey& key : keys.first(std::min(page, keys.size()))) {
                Sources& left = documents.at(key.id.id);
                const auto source = left.front();
                if (left.size() > 1)
                    left.erase(left.begin());
                out.push_back(
                    source ? std::optional(Document{.id = key.id, .source = *source, .known_fields = known_fields})
                           : std::nullopt);
            }
            return out;
        };
        const cli::verification::Request wanted{.documents = 50, .command = command, .seed = 4711};
        const Backfill backfill = test::bills();
        const auto ignored = std::signal(SIGPIPE, SIG_IGN); // as main() does
        auto out = SampledTruth(store, backfill, wanted, std::chrono::seconds(20)).verify();
        std::signal(SIGPIPE, ignored);
        return out;
    }

    Verification result() {
        auto out = verify();
        if (!out)
            FAIL(out.error().message);
        return *std::move(out);
    }

    Error fails() {
        const auto out = verify();
        REQUIRE(out.has_error());
        return out.error();
    }
};

/// Prints what it is given without the envelope: every document is as it should be.
const std::string echo = R"(sed 's/.*"_source"://; s/}$//')";
/// Prints the same for every document.
const std::string always_one = R"(sed 's/.*/{"dates":[1],"expires_at":2}/')";

const std::string good = R"({"dates":[1],"expires_at":2})";
const std::string bad = R"({"dates":[1],"expires_at":3})";

} // namespace

TEST_CASE("documents that are as expected, page by page") {
    for (const std::size_t page : {100U, 2U, 1U}) {
        CAPTURE(page);
        const auto out =
            Mail{.documents = {{"a", {good}}, {"b", {bad}}, {"c", {R"({"dates":1})"}}}, .command = echo, .page = page}
                .result();
        CHECK(out.sampled == 3);
        CHECK(out.wrong == 0);
        CHECK(out.all);
        CHECK(out.seed == 4711);
        CHECK(out.examples.empty());
    }
    CHECK_FALSE(Mail{.documents = {{"a", {good}}}, .command = echo, .candidates = 2}.result().all);
}

TEST_CASE("what is wrong is told with what was found and expected") {
    const auto out = Mail{.documents = {{"a", {good}}, {"b", {bad}}}, .command = always_one}.result();
    CHECK(out.sampled == 2);
    CHECK(out.wrong == 1);
    REQUIRE(out.examples.size() == 1);
    CHECK(describe(test::bills(), out.examples.front()) == "b: expires_at is 3, expected 2");
}

TEST_CASE("of many that are wrong some are examples, and all are counted") {
    Mail mail{.documents = {}, .command = always_one, .page = 7};
    for (int i = 0; i < 40; ++i)
        mail.documents.emplace(fmt::format("{:02}", i), Mail::Sources{i % 2 == 0 ? bad : good});
    const auto out = mail.result();
    CHECK(out.sampled == 40);
    CHECK(out.wrong == 20);
    REQUIRE(out.examples.size() == max_examples);
    CHECK(out.examples.front().document.id == "00");
}

TEST_CASE("a document that was deleted, or that nothing is expected of, is neither right nor wrong") {
    const auto gone =
        Mail{.documents = {{"a", {std::nullopt}}, {"b", {good}}, {"c", {std::nullopt}}}, .command = echo, .page = 1}
            .result();
    CHECK(gone.sampled == 1);
    CHECK(gone.gone == 2);
    const auto later = Mail{.documents = {{"a", {bad, std::nullopt}}, {"b", {good}}}, .command = always_one}.result();
    CHECK(later.sampled == 1);
    CHECK(later.gone == 1);
    CHECK(later.wrong == 0);
    const auto half =
        Mail{.documents = {{"a", {good}}, {"b", {good}}}, .command = "cat > /dev/null; printf '{}\\n{\"dates\":1}\\n'"}
            .result();
    CHECK(half.sampled == 1);
    CHECK(half.not_judged == 1);
    CHECK_FALSE(half.all);
    const auto none = Mail{.documents = {{"a", {std::nullopt}}}, .command = echo}.result();
    CHECK(none.sampled == 0);
    CHECK(none.gone == 1);
    CHECK(Mail{.documents = {}, .command = "exit 7"}.result().sampled == 0); // of nothing, it is not even run
}

TEST_CASE("one that was changed in the meantime is judged by its new state, three times at most") {
    const auto repaired = Mail{.documents = {{"a", {bad, good}}}, .command = always_one}.result();
    CHECK(repaired.sampled == 1);
    CHECK(repaired.wrong == 0);
    CHECK(repaired.judged_again == 1);
    CHECK(repaired.still_changing == 0);

    Mail::Sources restless;
    for (int i = 3; i < 20; ++i)
        restless.emplace_back(fmt::format(R"({{"dates":[1],"expires_at":{}}})", i));
    const auto changing = Mail{.documents = {{"a", restless}, {"b", {good}}}, .command = always_one}.result();
    CHECK(changing.sampled == 2);
    CHECK(changing.wrong == 1);
    CHECK(changing.judged_again == 2);
    CHECK(changing.still_changing == 1);
}

TEST_CASE("lines that are not what was asked for, each named by its number") {
    const auto says = [](const std::string& printed) {
        const Error error =
            Mail{.documents = {{"a", {good}}, {"b", {good}}}, .command = "cat > /dev/null; printf '" + printed + "'"}
                .fails();
        CHECK(error.kind == ErrorKind::bad_response);
        return error.message;
    };
    CHECK(says("") == "--expect: 0 lines in its output for 2 documents");
    CHECK(says("{}\\n") == "--expect: 1 line in its output for 2 documents");
    CHECK(says("{}\\n{}\\n{}\\n") == "--expect: line 3 of its output is one too many for 2 documents");
    CHECK(says("{}\\n\\n") == "--expect: line 2 of its output is not a JSON object");
    CHECK(says("[]\\n{}\\n") == "--expect: line 1 of its output is not a JSON object");
    CHECK(says("{\"dates\":1\\n") == "--expect: line 1 of its output is not a JSON object");
    CHECK(says("{\"dats\":1}\\n{}\\n") == "--expect: line 1 of its output has the key \"dats\"");
    CHECK(says("{}\\n{}\\n") == "--expect: no line of its output has a value for dates or expires_at");
}

TEST_CASE("a document that cannot be compared ends it") {
    CHECK(Mail{.documents = {{"a", {"{"}}}, .command = echo}.fails().message ==
          "the _source of gmail_emails_v2/a cannot be read");
    CHECK(Mail{.documents = {{"a\x1b[31m", {"[]"}}}, .command = echo}.fails().message.find('\x1b') ==
          std::string::npos);
    // The engine has indexed a value that _source does not have: an expectation of none would seem to hold.
    const Error left_out =
        Mail{.documents = {{"a", {R"({"dates":[1]})"}}}, .command = echo, .known_fields = {true, true}}.fails();
    CHECK(left_out.kind == ErrorKind::rejected);
    CHECK(left_out.message == "gmail_emails_v2/a has expires_at, but its _source does not");
}

TEST_CASE("the failures of the store and of the command are passed on") {
    const Backfill backfill = test::bills();
    const cli::verification::Request wanted{.documents = 1, .command = "cat"};
    test::FakeStore store; // refuses
    CHECK(SampledTruth(store, backfill, wanted, std::chrono::seconds(20)).verify().error().kind == ErrorKind::rejected);
    store.on_draw = [](std::size_t /*limit*/, std::uint64_t /*seed*/) {
        return RandomSample{.keys = {{.id = {.index = "a", .id = "b"}}}, .candidates = 1};
    };
    store.on_fetch = [](std::span<const DocumentKey> /*keys*/) -> Result<std::vector<std::optional<Document>>> {
        return test::error(ErrorKind::unreachable);
    };
    CHECK(SampledTruth(store, backfill, wanted, std::chrono::seconds(20)).verify().error().kind ==
          ErrorKind::unreachable);
    CHECK(Mail{.documents = {{"a", {good}}}, .command = "cat > /dev/null; exit 7"}.fails().message.find(
              "exit status 7") != std::string::npos);
}
