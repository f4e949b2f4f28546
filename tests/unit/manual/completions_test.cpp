#include "has.hpp"
#include "manual/made_up.hpp"

#include <manual/completions.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using test::has;

TEST_CASE("bash completes commands, options, and the values that can be listed") {
    const std::string script = manual::bash_completion(test::made_up_commands());
    CHECK(has(script, "        paint | dry) command=$word; break ;;\n"));
    CHECK(has(script, "    paint)\n        options='--folder --mode --level "));
    CHECK(has(script, "        operand=\"-f\"\n"));
    CHECK(has(script, "        --folder) value=\"-d\" ;;\n"));
    CHECK(has(script, "        --mode) value=\"-W 'dry wet'\" ;;\n"));
    CHECK(has(script, "    *)\n"));
    CHECK(has(script, "        operand=\"-W 'paint dry'\"\n"));
    CHECK(has(script, "local current=${COMP_WORDS[COMP_CWORD]} "));
}

TEST_CASE("zsh gets specifications, quoted for it") {
    const std::string script = manual::zsh_completion(test::made_up_commands());
    CHECK(has(script, "        'paint:paint a well-kept wall'\n"));
    CHECK(has(script, "        '--folder=[where it'\\''s kept]:DIR:_files -/'"));
    CHECK(has(script, ":MODE:(dry wet)'"));
    CHECK(has(script, "        '--level=[as in --mode (see \\[x\\]: a\\\\b)]:N: '"));
    CHECK(has(script, "        '1:FILE:_files' ;;\n"));
}

TEST_CASE("fish gets one line for each option of a command") {
    const std::string script = manual::fish_completion(test::made_up_commands());
    CHECK(has(script, "complete -c backfill-health -n __fish_use_subcommand -a paint -d 'paint a well-kept wall'\n"));
    CHECK(has(script, "complete -c backfill-health -n '__fish_seen_subcommand_from paint' -l folder -x -a "
                      "'(__fish_complete_directories)' -d 'where it\\'s kept'\n"));
    CHECK(has(script, " -l mode -x -a 'dry wet' -d "));
    CHECK(has(script, "complete -c backfill-health -n '__fish_seen_subcommand_from dry' -l level -x -d "
                      "'as in --mode (see [x]: a\\\\b)'\n"));
    CHECK(has(script, "complete -c backfill-health -n '__fish_seen_subcommand_from paint' -F\n"));
}
