#include "cli/command_line.hpp"
#include "support.hpp"

#include <commands/shared/judgement.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace health;
using Sentences = std::vector<std::string>;

namespace {

Backfill strict() {
    Backfill out = test::bills();
    out.thresholds = {.max_missing = 3, .min_coverage = 0.95};
    return out;
}

cli::Judgement judgement(const std::vector<std::string>& words, const std::vector<Backfill>& backfills = {strict()}) {
    auto settings = test::settings(words, {}, cli::judgement_options());
    const auto out = read_judgement(settings, backfills);
    REQUIRE(test::error_of(settings) == "");
    return out;
}

std::string error(const std::vector<std::string>& words, const std::vector<Backfill>& backfills = {strict()}) {
    auto settings = test::settings(words, {}, cli::judgement_options());
    read_judgement(settings, backfills);
    return test::error_of(settings);
}

Sentences unmet(const std::vector<std::string>& words, const Snapshot& now,
                const std::optional<Snapshot>& before = std::nullopt) {
    return judgement(words).unmet(strict(), before, now);
}

} // namespace

TEST_CASE("nothing is judged unless it was asked for") {
    CHECK(unmet({}, test::snapshot(100, 10, 0), test::snapshot(0, 110, 110)).empty());
    CHECK_FALSE(judgement({}).by_verdict);
    CHECK(judgement({"--exit-code"}).by_verdict);
}

TEST_CASE("a limit may be reached, but not passed") {
    CHECK(unmet({"--max-missing=2"}, test::snapshot(2, 20, 18)).empty());
    CHECK(unmet({"--max-missing=1"}, test::snapshot(2, 20, 18)) == Sentences{"2 missing is more than --max-missing 1"});
    CHECK(unmet({"--max-missing=0"}, test::snapshot(0, 20, 18)).empty());
    CHECK(unmet({"--min-coverage=0.9"}, test::snapshot(2, 20, 18)).empty());
    CHECK(unmet({"--min-coverage=0.91"}, test::snapshot(2, 20, 18)) ==
          Sentences{"coverage 0.9000 is below --min-coverage 0.91"});
    // What is below it does not read as if it were that.
    CHECK(unmet({"--min-coverage=0.95"}, test::snapshot(0, 20000, 18999)) ==
          Sentences{"coverage 0.9499 is below --min-coverage 0.95"});
    CHECK(unmet({"--min-coverage=1"}, test::snapshot(0, 100000, 99999)) ==
          Sentences{"coverage 0.9999 is below --min-coverage 1"});
}

TEST_CASE("where nobody has the field there is no coverage, which is below any but 0") {
    CHECK(unmet({"--min-coverage=0.1"}, test::snapshot(5, 0, 0)) ==
          Sentences{"coverage n/a is below --min-coverage 0.1"});
    CHECK(unmet({"--min-coverage=0"}, test::snapshot(5, 0, 0)).empty());
}

TEST_CASE("thresholds of the configuration decide when they are asked to, and flags beat them one by one") {
    const Snapshot now = test::snapshot(5, 20, 18);
    CHECK(unmet({"--thresholds"}, now) ==
          Sentences{"5 missing is more than max-missing 3", "coverage 0.9000 is below min-coverage 0.95"});
    CHECK(unmet({"--thresholds", "--max-missing=10"}, now) == Sentences{"coverage 0.9000 is below min-coverage 0.95"});
    CHECK(unmet({"--thresholds", "--max-missing=4", "--min-coverage=0.5"}, now) ==
          Sentences{"5 missing is more than --max-missing 4"});
    CHECK(judgement({"--thresholds"}, {strict(), test::bills()}).unmet(test::bills(), std::nullopt, now).empty());
}

TEST_CASE("a regression needs something to compare with, and its lack is not an all-clear") {
    const Snapshot before = test::snapshot(2, 20, 20);
    CHECK(unmet({"--no-regression"}, before, before).empty());
    CHECK(unmet({"--no-regression"}, test::snapshot(3, 19, 19), before).size() == 3);
    CHECK(unmet({"--no-regression"}, before) ==
          Sentences{"the earlier report does not have bills, and so a regression cannot be ruled out"});
}

TEST_CASE("all that is broken is said, not only the first") {
    CHECK(unmet({"--max-missing=0", "--min-coverage=1", "--no-regression"}, test::snapshot(3, 19, 18),
                test::snapshot(2, 20, 20))
              .size() > 4);
}

TEST_CASE("limits that are none are wrong usage") {
    CHECK(error({"--max-missing=-1"}).starts_with("--max-missing: "));
    CHECK(error({"--max-missing=1.5"}).starts_with("--max-missing: "));
    CHECK(error({"--max-missing="}).starts_with("--max-missing: "));
    CHECK(error({"--max-missing=18446744073709551615"}) == "");
    CHECK(error({"--min-coverage=95"}) == "--min-coverage: \"95\" is not a number from 0 to 1; 95 % is 0.95");
    for (const std::string number : {"-0.1", "nan", "0,95", "95%"})
        CHECK(error({"--min-coverage", number}).starts_with("--min-coverage: "));
    CHECK(error({"--thresholds"}, {test::bills()}).starts_with("--thresholds: no backfill has a threshold; "));
    CHECK(error({"--thresholds"}, {test::bills(), strict()}) == "");
}
