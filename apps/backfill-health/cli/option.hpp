#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// The headings under which help and the manual list options, in this order. A command's own come first.
enum class OptionGroup { command, backfill, output, connection, general };

/// A setting: --name, the environment variable it may come from, and what holds without either.
struct Option {
    std::string_view name;
    std::string_view argument = {}; ///< the name of its value in help; empty for a switch
    std::string_view variable = {};
    std::string_view fallback = {};
    std::string_view help = {};
    OptionGroup group = OptionGroup::command;
    bool repeatable = false;
    char letter = 0;                            ///< its short form, such as 'h' for -h; only switches have one
    std::vector<std::string_view> choices = {}; ///< the values that it accepts; empty when they cannot be listed
    std::string_view content_variable = {};     ///< holds the content of the file that the option names
    bool also_in_file = false;                  ///< a configuration file may set it, although no variable does

    /// Whether a configuration file may set it.
    [[nodiscard]] bool configurable() const {
        return also_in_file || (!variable.empty() && group != OptionGroup::backfill && name != "config");
    }
    [[nodiscard]] bool takes_folder() const { return argument == "DIR"; }
    [[nodiscard]] bool takes_path() const { return takes_folder() || argument.starts_with("FILE"); }
};

using Options = std::vector<const Option*>;

Options operator+(Options a, const Options& b);

/// The names of those that a configuration file may set.
std::vector<std::string_view> configurable_names(const Options& options);

struct OptionSection {
    std::string_view title;
    Options options;
};

/// The options under their headings, in the order in which they were given; groups without options are left out.
std::vector<OptionSection> in_sections(const Options& options);

/// Its description in help and manual, without variable and default.
std::string explain(const Option& option);

/// "auto, always or never"
std::string one_of(const std::vector<std::string_view>& choices);

} // namespace cli
