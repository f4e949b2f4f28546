#pragma once

#include <base/error.hpp>

#include <functional>
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

/// A setting: --name, the environment variable it may come from, and what holds without either.
struct Option {
    std::string_view name;
    std::string_view argument; ///< how help calls its value; empty for a switch
    std::string_view variable;
    std::string_view fallback;
    std::string_view help;
    bool repeatable = false;
    char letter = 0;                            ///< its short form, such as 'h' for -h
    std::vector<std::string_view> choices = {}; ///< the values that there are; none when they cannot be told
    std::string_view content_variable = {};     ///< holds what is in the file that the option names

    [[nodiscard]] bool takes_folder() const { return argument == "DIR"; }
    [[nodiscard]] bool takes_path() const { return takes_folder() || argument.starts_with("FILE"); }
};

using Options = std::vector<const Option*>;
/// The value of an environment variable.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// The words of a command line, sorted. A flag beats the environment beats the default.
class Arguments {
public:
    /// `known` are the options of all commands: which command they belong to is asked later, by foreign_option.
    static Result<Arguments> parse(const std::vector<std::string>& words, const Options& known,
                                   Environment environment);

    [[nodiscard]] const std::vector<std::string>& positional() const { return positional_; }

    [[nodiscard]] bool has(const Option& option) const; ///< on the command line
    [[nodiscard]] std::optional<std::string> flag(const Option& option) const;
    [[nodiscard]] std::optional<std::string> given(const Option& option) const; ///< by flag or variable
    [[nodiscard]] std::string text(const Option& option) const;
    [[nodiscard]] std::vector<std::string> list(const Option& option) const;
    [[nodiscard]] std::size_t count(const Option& option) const; ///< how often a switch is on the command line

    /// An environment variable; an empty one is as if not set.
    [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;

    /// An option on the command line that is not among these.
    [[nodiscard]] std::optional<std::string> foreign_option(const Options& allowed) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> flags_;
    std::vector<std::string> positional_;
    Environment environment_;
};

/// `option` as a message names it: "--timeout", or "--timeout (ES_TIMEOUT)".
std::string describe(const Option& option);

/// What help and the manual say of it, variables and default apart.
std::string explain(const Option& option);

/// "auto, always or never"
std::string one_of(const std::vector<std::string_view>& choices);

/// The candidate that is most like the word, if one is like it at all.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string_view>& candidates);

} // namespace cli
