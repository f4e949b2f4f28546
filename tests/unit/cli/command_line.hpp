#pragma once

#include "support.hpp"

#include <cli/options.hpp>
#include <cli/settings.hpp>

#include <map>
#include <string>
#include <vector>

namespace test {

using Variables = std::map<std::string, std::string>;

inline cli::Environment environment(Variables variables) {
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

/// The settings of a command line that has no mistakes as such.
inline cli::Settings settings(const std::vector<std::string>& words, Variables variables = {},
                              const cli::Options& more = {}) {
    const cli::Options known = cli::common_options() + cli::backfill_options() + cli::store_options() +
                               cli::Options{&cli::options::kibana_url} + more;
    return {*cli::Arguments::parse(words, known), environment(std::move(variables))};
}

/// The first error, with its hint; empty when there is none.
inline std::string error_of(const cli::Settings& settings) {
    return settings.failed() ? health::one_line(*settings.error(), sentence) : "";
}

} // namespace test
