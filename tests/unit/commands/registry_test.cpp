#include "cli/command_line.hpp"

#include <commands/commands.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace {

const cli::Command& command(std::string_view name) {
    return *std::ranges::find(cli::all_commands(), name, &cli::Command::name);
}

/// What a command says of these settings, without running it.
std::string error(std::string_view name, const std::vector<std::string>& flags, test::Variables variables = {}) {
    const cli::Command& one = command(name);
    std::vector<std::string> words{std::string(name)};
    words.insert(words.end(), flags.begin(), flags.end());
    cli::Settings settings(*cli::Arguments::parse(words, one.options + one.unused_options + cli::common_options()),
                           test::environment(std::move(variables)));
    const cli::Action action = one.setup(settings);
    CHECK((settings.failed() || action));
    return test::error_of(settings);
}

} // namespace

TEST_CASE("no command needs any setting") {
    for (const cli::Command& one : cli::all_commands()) {
        CAPTURE(one.name);
        CHECK(error(one.name, {}) == "");
        CHECK(error(one.name, {}, {{"ES_URL", "file:folder"}, {"KIBANA_API_KEY", "key-of-kibana"}}) == "");
    }
}

TEST_CASE("every command finds a wrong setting that it uses") {
    for (const cli::Command& one : cli::all_commands()) {
        CAPTURE(one.name);
        CHECK(error(one.name, {}, {{"ES_TIMEOUT", "soon"}}).starts_with("ES_TIMEOUT: "));
        CHECK(error(one.name, {}, {{"ES_RETRIES", "many"}}).starts_with("ES_RETRIES: "));
        const std::string url = one.name == "import-dashboard" ? "KIBANA_URL" : "ES_URL";
        CHECK(error(one.name, {}, {{url, "ftp://localhost"}}).starts_with(url + ": "));
    }
}

TEST_CASE("create-index does not read what it does not use") {
    CHECK(error("create-index", {"--population=nonsense", "--index=a"}) == "");
    CHECK(error("create-index", {"--field=a", "--derived=a"}).starts_with("--field and --derived"));
}

TEST_CASE("settings that need or contradict each other") {
    CHECK(error("validate", {"--no-regression"}) ==
          "--no-regression needs an earlier report; name it with --compare FILE");
    CHECK(error("validate", {"--json", "--format=text"}).starts_with("--json and --format text are both given"));
    CHECK(error("validate", {"--json", "--format=json"}) == "");
    CHECK(
        error("validate", {"--textfile=metrics.txt"}).starts_with("--textfile: metrics.txt: node_exporter reads only"));
    CHECK(error("validate", {"--by=:month"}).starts_with("--by: \":month\" has no field name"));
    CHECK(error("validate", {"--samples=0"}).starts_with("--samples: "));
    CHECK(error("history", {"--json", "--csv"}) == "--json and --csv are both given; choose one");
    CHECK(error("history", {"--every=1500ms"}).starts_with("--every: must be whole seconds"));
    CHECK(error("watch", {"--give-up-after=1h"}) == "--give-up-after needs --until-done");
    CHECK(error("watch", {"--interval=1ms"}) == "--interval: must be at least 100ms");
    CHECK(error("emit", {"--spool="}) == "--spool: must not be empty");
    CHECK(error("import-dashboard", {"--no-overwrite", "--new-copies"}).ends_with("are both given; choose one"));
    CHECK(error("import-dashboard", {"--print", "file"}).starts_with("--print writes the built-in dashboard"));
}

TEST_CASE("a missing file is wrong usage") {
    CHECK(error("validate", {"--compare=/nonexistent"}).starts_with("cannot read the earlier report"));
    CHECK(error("import-dashboard", {"/nonexistent"}).starts_with("cannot read the dashboard"));
    CHECK(error("emit", {"--api-key-file=/nonexistent"}).starts_with("cannot read the secret"));
}
