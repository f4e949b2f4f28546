#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The tokens of a rule.
namespace health {

struct RuleToken {
    enum class Kind {
        word,   ///< a name, a number, a date, or a word of the language
        quoted, ///< a field in backquotes
        text,   ///< in quotation marks, as JSON writes strings
        sign,   ///< a comparison, a parenthesis, a bracket, a comma
        end,
    };

    Kind kind = Kind::end;
    std::string_view written; ///< as it stands in the rule
    std::size_t offset = 0;   ///< in bytes
};

/// What is wrong with a rule, and where.
struct RuleProblem {
    std::size_t offset; ///< in bytes
    std::string message;
    std::string hint{};
};

/// With a token of kind `end` after the others. Throws RuleProblem.
std::vector<RuleToken> split_rule(std::string_view text);

/// Whether it can stand for a field without backquotes.
bool is_plain_field(std::string_view word);

} // namespace health
