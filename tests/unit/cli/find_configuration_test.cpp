#include "cli/command_line.hpp"
#include "temporary_folder.hpp"

#include <cli/find_configuration.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace fs = std::filesystem;
using health::tests::TemporaryFolder;
using test::Variables;

namespace {

std::optional<std::string> found(const std::vector<std::string>& words, Variables variables) {
    return find_configuration(test::settings(words, std::move(variables)));
}

/// A configuration in a folder of configurations; its path.
std::string place(const fs::path& home, const std::string& text = "") {
    fs::create_directories(home / "backfill-health");
    const fs::path file = home / "backfill-health/config.yaml";
    std::ofstream(file) << text;
    return file.string();
}

std::string error(const std::string& file) {
    const auto read = cli::read_configuration(file, cli::common_options() + cli::store_options());
    REQUIRE(read.has_error());
    CHECK(read.error().kind == cli::ErrorKind::usage);
    return read.error().message;
}

} // namespace

TEST_CASE("a file that is named is the one, whether it is there or not") {
    const TemporaryFolder folder;
    const Variables variables{{"BACKFILL_HEALTH_CONFIG", "variable.yaml"}, {"XDG_CONFIG_HOME", folder.path().string()}};
    place(folder.path());
    CHECK(found({"--config=flag.yaml"}, variables) == "flag.yaml");
    CHECK(found({}, variables) == "variable.yaml");
}

TEST_CASE("an empty name wants none, also where there is one") {
    const TemporaryFolder folder;
    place(folder.path());
    CHECK(found({"--config="}, {{"XDG_CONFIG_HOME", folder.path().string()}}) == std::nullopt);
}

TEST_CASE("a file that is not named is the user's own, in the folder that XDG says") {
    const TemporaryFolder folder;
    const std::string own = place(folder.path() / "own");
    const std::string usual = place(folder.path() / ".config");
    const std::string home = folder.path().string();
    CHECK(found({}, {{"XDG_CONFIG_HOME", home + "/own"}, {"HOME", home}}) == own);
    CHECK(found({}, {{"HOME", home}}) == usual);
    CHECK(found({}, {{"XDG_CONFIG_HOME", "own"}, {"HOME", home}}) == usual); // it must be absolute
    CHECK(found({}, {{"BACKFILL_HEALTH_CONFIG", ""}, {"HOME", home}}) == usual);
}

TEST_CASE("a link that leads nowhere counts: its settings must not be ignored silently") {
    const TemporaryFolder folder;
    fs::create_directories(folder.path() / "backfill-health");
    fs::create_symlink("/nonexistent", folder.path() / "backfill-health/config.yaml");
    CHECK(found({}, {{"XDG_CONFIG_HOME", folder.path().string()}}).has_value());
}

TEST_CASE("a file that cannot be read is wrong usage, and named") {
    const TemporaryFolder folder;
    CHECK(error("/nonexistent/config.yaml") ==
          "cannot read the configuration /nonexistent/config.yaml: No such file or directory");
    CHECK(error(folder.path().string()).starts_with("cannot read the configuration "));
    const std::string file = place(folder.path(), std::string(cli::largest_configuration + 1, '\n'));
    CHECK(error(file) == file + " is larger than 4 MiB");
    CHECK(error(place(folder.path(), "nonsense: 1\n")) == file + ":1: unknown key nonsense");
}

TEST_CASE("a file that is read knows its name, and when it changes") {
    const TemporaryFolder folder;
    const std::string file = place(folder.path(), "settings: {timeout: 3s}\n");
    const auto read = cli::read_configuration(file, cli::common_options() + cli::store_options());
    REQUIRE(read.has_value());
    CHECK((*read)->file == file);
    CHECK((*read)->settings.at("timeout").value == "3s");
    CHECK((*read)->stamp.file == file);
    CHECK_FALSE((*read)->stamp.state.empty());
}
