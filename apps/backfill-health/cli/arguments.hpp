#pragma once

#include <base/error.hpp>
#include <cli/option.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

using health::Error;
using health::ErrorKind;
using health::Result;

/// The words of a command line, without the program's name, split into options and positional words.
class Arguments {
public:
    /// `known` are the options of all commands, because they may stand before the command; whether they fit it is
    /// asked later, by foreign_option.
    static Result<Arguments> parse(const std::vector<std::string>& words, const Options& known);

    /// The command, and what follows it.
    [[nodiscard]] const std::vector<std::string>& positional() const { return positional_; }

    /// Whether the option is given.
    [[nodiscard]] bool has(const Option& option) const { return !values(option).empty(); }
    /// Its values, one for each time that it is given; those of a switch are empty.
    [[nodiscard]] std::span<const std::string> values(const Option& option) const;

    /// The first given option that is not allowed, if any.
    [[nodiscard]] std::optional<std::string> foreign_option(const Options& allowed) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> options_;
    std::vector<std::string> positional_;
};

} // namespace cli
