#include "cli/command_line.hpp"

#include <cli/appearance.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

using cli::ColorWhen;
using health::Glyphs;
using test::Variables;

namespace {

Glyphs glyphs(Variables variables) {
    return read_glyphs(test::settings({}, std::move(variables)));
}

ColorWhen color(const std::vector<std::string>& words, Variables variables) {
    auto settings = test::settings(words, std::move(variables));
    return read_color(settings);
}

} // namespace

TEST_CASE("the first variable of the locale that is set says which characters are seen") {
    CHECK(glyphs({}) == Glyphs::ascii);
    CHECK(glyphs({{"LANG", "C"}}) == Glyphs::ascii);
    for (const char* locale : {"C.UTF-8", "de_DE.utf8", "en_US.UTF-8@euro"})
        CHECK(glyphs({{"LANG", locale}}) == Glyphs::unicode);
    CHECK(glyphs({{"LC_ALL", "C"}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C.UTF-8"}}) == Glyphs::ascii);
    CHECK(glyphs({{"LC_ALL", ""}, {"LC_CTYPE", "C.UTF-8"}, {"LANG", "C"}}) == Glyphs::unicode);
}

TEST_CASE("colours are left out where somebody does not want them, unless the command line does") {
    CHECK(color({}, {{"TERM", "xterm"}}) == ColorWhen::on_a_terminal);
    CHECK(color({}, {{"NO_COLOR", "1"}}) == ColorWhen::never);
    CHECK(color({}, {{"NO_COLOR", ""}}) == ColorWhen::on_a_terminal);
    CHECK(color({}, {{"TERM", "dumb"}}) == ColorWhen::never);
    CHECK(color({"--color=always"}, {{"NO_COLOR", "1"}, {"TERM", "dumb"}}) == ColorWhen::always);
    CHECK(color({"--color=never"}, {{"TERM", "xterm"}}) == ColorWhen::never);
    auto wrong = test::settings({"--color=blue"});
    read_color(wrong);
    CHECK(test::error_of(wrong) == "--color: \"blue\" is not auto, always or never");
}

TEST_CASE("a file is not a terminal, whatever TERM says") {
    const int file = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    CHECK_FALSE(cli::is_terminal(file, test::settings({}, {{"TERM", "xterm"}})));
    ::close(file);
}
