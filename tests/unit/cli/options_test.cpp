#include <base/numbers.hpp>
#include <base/time.hpp>
#include <base/url.hpp>
#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <http/listen_address.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

// The table of all options, of every command.

using cli::Option;
using cli::Options;

namespace {

Options all_options() {
    Options out = cli::common_options();
    for (const cli::Command& command : cli::all_commands())
        out = out + command.options + command.unused_options;
    return out;
}

bool is_lower_word(std::string_view name) {
    constexpr std::string_view accepted = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    return name.size() > 1 && name.front() != '-' && name.find_first_not_of(accepted) == std::string_view::npos;
}

bool is_variable(std::string_view name) {
    constexpr std::string_view accepted = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const bool ours = name.starts_with("ES_") || name.starts_with("KIBANA_") || name.starts_with("BACKFILL_");
    return ours && name.find_first_not_of(accepted) == std::string_view::npos;
}

} // namespace

TEST_CASE("a command has each option once, and each letter") {
    for (const cli::Command& command : cli::all_commands()) {
        std::set<std::string_view> names;
        std::set<char> letters;
        for (const Option* option : cli::common_options() + command.options + command.unused_options) {
            CAPTURE(command.name);
            CAPTURE(option->name);
            CHECK(names.insert(option->name).second);
            if (option->letter != 0)
                CHECK(letters.insert(option->letter).second);
        }
    }
}

TEST_CASE("an option means the same before every command: it may stand before the command is known") {
    std::map<std::string_view, const Option*> by_name;
    for (const Option* option : all_options()) {
        CAPTURE(option->name);
        const Option* first = by_name.emplace(option->name, option).first->second;
        CHECK(first->argument.empty() == option->argument.empty());
        CHECK(first->letter == option->letter);
        CHECK(first->variable == option->variable);
    }
}

TEST_CASE("a variable belongs to one option") {
    std::map<std::string_view, std::string_view> owners;
    for (const Option* option : all_options())
        for (const std::string_view variable : {option->variable, option->content_variable})
            if (!variable.empty()) {
                CAPTURE(variable);
                CHECK(is_variable(variable));
                CHECK(owners.emplace(variable, option->name).first->second == option->name);
            }
}

TEST_CASE("an option has a name that can be typed, and an explanation") {
    for (const Option* option : all_options()) {
        CAPTURE(option->name);
        CHECK(is_lower_word(option->name));
        CHECK_FALSE(explain(*option).empty());
        CHECK_FALSE(option->help.ends_with('.'));
    }
}

TEST_CASE("a switch has neither a value nor a default, and only a switch has a letter") {
    for (const Option* option : all_options()) {
        CAPTURE(option->name);
        if (option->argument.empty()) {
            CHECK(option->variable.empty());
            CHECK(option->fallback.empty());
            CHECK(option->choices.empty());
        } else {
            CHECK(option->letter == 0);
        }
    }
}

TEST_CASE("secrets come from files or variables, never from the command line") {
    int secrets = 0;
    for (const Option* option : all_options()) {
        CAPTURE(option->name);
        const bool is_secret = !option->content_variable.empty();
        secrets += is_secret ? 1 : 0;
        if (is_secret) {
            CHECK(option->name.ends_with("-file"));
            CHECK(option->variable == std::string(option->content_variable) + "_FILE");
        }
        for (const char* word : {"password", "token", "api-key"})
            CHECK_FALSE(option->name.ends_with(word));
    }
    CHECK(secrets > 0);
}

TEST_CASE("every default is a value that the option accepts") {
    std::set<std::string_view> seen;
    for (const Option* option : all_options()) {
        const std::string fallback(option->fallback);
        if (fallback.empty())
            continue;
        CAPTURE(option->name);
        CAPTURE(fallback);
        seen.insert(option->argument);
        if (!option->choices.empty())
            CHECK(std::ranges::find(option->choices, fallback) != option->choices.end());
        if (option->argument == "TIME")
            CHECK(health::parse_duration(fallback).has_value());
        if (option->argument == "N")
            CHECK(health::parse_number<std::uint64_t>(fallback).has_value());
        if (option->argument == "URL")
            CHECK(health::parse_url(fallback).has_value());
        if (option->argument == "ADDRESS")
            CHECK(health::http::parse_listen_address(fallback).has_value());
        if (option->argument == "FIELD=VALUE")
            CHECK(fallback.find('=') != std::string::npos);
    }
    for (const std::string_view kind : {"TIME", "N", "URL", "ADDRESS", "FIELD=VALUE"})
        CHECK(seen.contains(kind));
}

TEST_CASE("the defaults are those of the first users") {
    namespace known = cli::options;
    CHECK(known::es_url.fallback == "http://localhost:9200");
    CHECK(known::index.fallback == "gmail_emails_v2");
    CHECK(known::health_index.fallback == "backfill_health_v1");
    CHECK(known::name.fallback == "bills");
    CHECK(known::population.fallback == "category=bills");
    CHECK(known::field.fallback == "dates");
    CHECK(known::derived.fallback == "expires_at");
    CHECK(known::timeout.fallback == "10s");
    CHECK(known::retries.fallback == "3");
    CHECK(known::kibana_url.fallback == "http://localhost:5601");
    CHECK(known::listen.fallback == "127.0.0.1:8003");
    CHECK(known::refresh_interval.fallback == "15s");
    CHECK(known::max_stale.fallback == "15m");
    CHECK(known::log_level.fallback == "info");
    CHECK(known::log_format.fallback == "logfmt");
}
