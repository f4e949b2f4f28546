#include "child.hpp"
#include "cli/command_line.hpp"

#include <commands/verification/verification.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace health;
using cli::verification::Request;

namespace {

const std::vector<Backfill> one{test::bills()};

std::optional<Request> read(const std::vector<std::string>& words) {
    auto settings = test::settings(words, {}, cli::verification::options());
    auto out = cli::verification::read(settings, one);
    REQUIRE(test::error_of(settings) == "");
    return out;
}

std::string error(const std::vector<std::string>& words, const std::vector<Backfill>& backfills = one) {
    auto settings = test::settings(words, {}, cli::verification::options());
    cli::verification::read(settings, backfills);
    return test::error_of(settings);
}

std::string complaints(const Verification& verification) {
    return test::in_child([&] {
               cli::verification::complain_about(test::bills(), verification);
               return 0;
           })
        .err;
}

} // namespace

TEST_CASE("nothing is verified unless it is asked for") {
    CHECK_FALSE(read({}));
    CHECK(error({"--expect=cat"}) == "--expect needs --verify N; say how many documents to compare");
    CHECK(error({"--seed=1"}) == "--seed needs --verify N; say how many documents to compare");
}

TEST_CASE("how many, against what, and which ones") {
    const auto wanted = read({"--verify=300", "--expect=./truth.py --strict", "--seed=0"});
    REQUIRE(wanted);
    CHECK(wanted->documents == 300);
    CHECK(wanted->command == "./truth.py --strict");
    CHECK(wanted->seed == 0);
    CHECK(read({"--verify=1", "--expect=cat", "--seed=9007199254740991"})->seed == 9007199254740991U);
    // A seed of its own is short, so that it can be typed again.
    CHECK(read({"--verify=1", "--expect=cat"})->seed < 2147483647U);
}

TEST_CASE("what is beyond a range, or missing, is wrong usage") {
    for (const std::string number : {"0", "10001", "-1", "1.5", "all", "", "18446744073709551616"}) {
        CAPTURE(number);
        CHECK(error({"--verify=" + number, "--expect=cat"}).starts_with("--verify: "));
    }
    for (const std::string seed : {"9007199254740992", "-1", "x", ""}) {
        CAPTURE(seed);
        CHECK(error({"--verify=1", "--expect=cat", "--seed=" + seed}).starts_with("--seed: "));
    }
    CHECK(error({"--verify=1"}).starts_with("--verify needs --expect COMMAND; "));
    CHECK(error({"--verify=1", "--expect="}).starts_with("--expect: "));
    CHECK(error({"--verify=1", "--expect=cat"}, {test::bills(), test::invoices()}) ==
          "--verify is for one backfill at a time, and there are 2; name one of them");
}

TEST_CASE("where all is as expected, nothing is said") {
    CHECK(complaints({.sampled = 3, .all = true}).empty());
}

TEST_CASE("what says less than it seems to is said") {
    CHECK(complaints({}) == "backfill-health: no document has dates[]: there is nothing to verify\n");
    CHECK(complaints({.gone = 1}).find("nothing to verify") == std::string::npos);
    const std::string all =
        complaints({.sampled = 5, .not_judged = 2, .gone = 1, .judged_again = 3, .still_changing = 1});
    CHECK(all ==
          "backfill-health: left out, because they were deleted or have lost the field in the meantime: "
          "1 document\n"
          "backfill-health: left out, because --expect says nothing about them: 2 documents\n"
          "backfill-health: judged again, because they have changed in the meantime: 3 documents\n"
          "backfill-health: counted as wrong, although they changed each time that they were read: 1 document\n");
}

TEST_CASE("wrong documents are listed, with what draws them again") {
    Verification verification{.sampled = 300, .wrong = 1, .seed = 17};
    verification.examples.push_back({.document = {.index = "gmail_emails_v2", .id = "n17"},
                                     .field = "expires_at",
                                     .found = 3,
                                     .expected = nullptr});
    const std::string said = complaints(verification);
    CHECK(said.starts_with("backfill-health: 1 of 300 documents not as expected; --seed 17 draws them again:\n"));
    CHECK(said.find("backfill-health: n17: expires_at is 3, expected ") != std::string::npos);
    verification.wrong = max_examples + 1;
    CHECK(complaints(verification).find("draws them again; the first of them:\n") != std::string::npos);
}
