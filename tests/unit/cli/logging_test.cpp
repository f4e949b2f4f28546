#include "child.hpp"
#include "cli/command_line.hpp"

#include <base/log.hpp>
#include <cli/logging.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using health::log::Level;

/// Which levels are logged, or the error.
std::string logged(const std::vector<std::string>& words) {
    auto settings = test::settings(words);
    const auto ended = test::in_child([&] {
        cli::configure_log(settings);
        for (const auto& [level, name] : {std::pair{Level::trace, "t"},
                                          {Level::debug, "d"},
                                          {Level::info, "i"},
                                          {Level::warn, "w"},
                                          {Level::error, "e"}})
            health::log::write(level, name);
        return settings.failed() ? 1 : 0;
    });
    if (ended.status != 0) {
        cli::configure_log(settings);
        return test::error_of(settings);
    }
    std::string out;
    for (const char level : std::string("tdiwe"))
        if (ended.err.find(std::string("msg=") + level + "\n") != std::string::npos)
            out += level;
    return out;
}

} // namespace

TEST_CASE("--log-level overrides --quiet and --verbose") {
    CHECK(logged({}) == "iwe");
    CHECK(logged({"--quiet"}) == "we");
    CHECK(logged({"-v"}) == "diwe");
    CHECK(logged({"-vv"}) == "tdiwe");
    CHECK(logged({"-v", "--log-level", "warn"}) == "we");
    CHECK(logged({"--log-level", "loud"}).starts_with("--log-level: \"loud\" is not "));
    CHECK(logged({"-q", "-v"}).find("--quiet") != std::string::npos);
}
