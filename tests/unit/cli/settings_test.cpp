#include "cli/command_line.hpp"

#include <cli/settings.hpp>

#include <doctest/doctest.h>

using cli::Source;
using namespace std::chrono_literals;

namespace {

const cli::Option period{.name = "period", .argument = "TIME", .variable = "PERIOD", .fallback = "5s"};
const cli::Option ratio{.name = "ratio", .argument = "R", .fallback = "0.5"};
const cli::Option shape{.name = "shape",
                        .argument = "SHAPE",
                        .variable = "SHAPE",
                        .fallback = "round",
                        .choices = {"round", "square", "long"}};
const cli::Option nodes{.name = "nodes", .argument = "LIST", .variable = "NODES", .fallback = "a"};
const cli::Option tall{.name = "tall"};
const cli::Option small{.name = "small"};
enum class Shape { round, square, oblong };

cli::Settings settings(const std::vector<std::string>& words, test::Variables variables = {}) {
    return test::settings(words, std::move(variables), {&period, &ratio, &shape, &nodes, &tall, &small});
}

} // namespace

TEST_CASE("a flag beats a variable beats the default, and each is known as the source") {
    const auto both = settings({"--period", "1s"}, {{"PERIOD", "2s"}}).setting(period);
    CHECK(both.value == "1s");
    CHECK(both.source == Source{.kind = Source::Kind::flag, .name = "--period"});
    const auto variable = settings({}, {{"PERIOD", "2s"}}).setting(period);
    CHECK(variable.value == "2s");
    CHECK(variable.source == Source{.kind = Source::Kind::variable, .name = "PERIOD"});
    for (const test::Variables& none : {test::Variables{}, test::Variables{{"PERIOD", ""}}}) {
        CHECK(settings({}, none).setting(period).value == "5s");
        CHECK(settings({}, none).setting(period).source == Source{});
        CHECK_FALSE(settings({}, none).is_given(period));
    }
}

TEST_CASE("values of each kind") {
    auto read = settings({"validate", "file", "--ratio", "0.25", "--shape=long", "-vv"}, {{"PERIOD", "1m30s"}});
    CHECK(read.duration(period) == 90s);
    CHECK(read.number(ratio, 0, 1, "") == 0.25);
    CHECK(read.choice<Shape>(shape) == Shape::oblong);
    CHECK(read.whole_number(cli::options::retries, 0, 100) == 3);
    CHECK(read.count(cli::options::verbose) == 2);
    CHECK(read.words() == std::vector<std::string>{"file"});
    CHECK_FALSE(read.failed());
}

TEST_CASE("a list has neither blanks around its commas nor an empty end") {
    const auto list = [](const std::string& text) { return settings({"--nodes", text}).list(nodes); };
    using Parts = std::vector<std::string>;
    CHECK(list("a,b") == Parts{"a", "b"});
    CHECK(list(" a ,\tb , ") == Parts{"a", "b"});
    CHECK(list("a\n") == Parts{"a"});
    CHECK(list("a b,,c") == Parts{"a b", "", "c"});
    CHECK(list(",") == Parts{""});
}

TEST_CASE("a wrong value is an error that names what it was given by") {
    const auto wrong = [](const std::vector<std::string>& words, const test::Variables& variables) {
        auto read = settings(words, variables);
        read.duration(period, 100ms);
        read.number(ratio, 0, 1, "95 % is 0.95");
        read.choice<Shape>(shape);
        read.whole_number(cli::options::retries, 0, 100);
        read.refuse_both(tall, small);
        return test::error_of(read);
    };
    CHECK(wrong({}, {}).empty());
    CHECK(wrong({"--period=soon"}, {}).starts_with("--period: \"soon\" is "));
    CHECK(wrong({}, {{"PERIOD", "soon"}}).starts_with("PERIOD: \"soon\" is "));
    CHECK(wrong({"--period=99ms"}, {}) == "--period: must be at least 100ms");
    CHECK(wrong({"--ratio=2"}, {}) == "--ratio: \"2\" is not a number from 0 to 1; 95 % is 0.95");
    CHECK(wrong({"--ratio=nan"}, {}).starts_with("--ratio: \"nan\""));
    CHECK(wrong({}, {{"SHAPE", "flat"}}) == "SHAPE: \"flat\" is not round, square or long");
    CHECK(wrong({"--retries=-1"}, {}) == "--retries: \"-1\" is not a whole number from 0 to 100");
    CHECK(wrong({"--tall", "--small"}, {}) == "--tall and --small are both given; choose one");
}

TEST_CASE("the first error is kept, and nothing is read from outside after it") {
    auto read = settings({"--period=soon", "--ratio=much"});
    read.duration(period);
    read.number(ratio, 0, 1, "");
    CHECK(read.content("/nonexistent", "the report").empty());
    CHECK(read.take(health::Result<int>(health::Error{health::ErrorKind::rejected, "no", ""})) == 0);
    CHECK(test::error_of(read).starts_with("--period: "));
}

TEST_CASE("names are neither empty nor anything but UTF-8") {
    const auto wrong = [](const std::string& name, const std::string& population) {
        auto read = settings({"--name", name}, {{"BACKFILL_POPULATION", population}});
        read.name(cli::options::name);
        read.names(cli::options::population);
        return test::error_of(read);
    };
    CHECK(wrong("bills", "a=b").empty());
    CHECK(wrong("", "a=b") == "--name: must not be empty");
    CHECK(wrong("\xff", "a=b") == "--name: must be UTF-8");
    CHECK(wrong("bills", "a=\xff") == "BACKFILL_POPULATION: must be UTF-8");
}

TEST_CASE("a file that cannot be read is wrong usage") {
    auto read = settings({});
    read.content("/nonexistent/key", "the report");
    CHECK(test::error_of(read) == "cannot read the report from /nonexistent/key: No such file or directory");
    CHECK(read.error()->kind == health::ErrorKind::usage);
}
