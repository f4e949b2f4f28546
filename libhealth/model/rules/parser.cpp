#include <model/rules/parser.hpp>

#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <base/time.hpp>
#include <model/rules/lexer.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace health {

namespace {

using Kind = RuleToken::Kind;
using Operand = std::variant<RuleField, Literal>;

constexpr std::array<std::pair<std::string_view, Comparison>, 6> comparisons{{{"<", Comparison::less},
                                                                              {"<=", Comparison::less_or_equal},
                                                                              {">", Comparison::greater},
                                                                              {">=", Comparison::greater_or_equal},
                                                                              {"==", Comparison::equal},
                                                                              {"!=", Comparison::not_equal}}};

constexpr std::string_view digits = "0123456789";
/// Within the years that a date of four digits can name, whatever the unit.
constexpr int most_years = 1000;

bool begins_like_number(std::string_view word) {
    const std::string_view unsigned_word = word.substr(word.starts_with('-') || word.starts_with('+') ? 1 : 0);
    return !unsigned_word.empty() && digits.find(unsigned_word.front()) != std::string_view::npos;
}

bool looks_like_date(std::string_view word) {
    constexpr std::size_t year = 4;
    return word.size() > year + 1 && word.find_first_not_of(digits) == year && word[year] == '-' &&
           digits.find(word[year + 1]) != std::string_view::npos;
}

bool is_too_long(std::int64_t count, char unit) {
    using namespace std::chrono;
    const auto exceeds = [count](auto unit_of_count) {
        return count > duration_cast<decltype(unit_of_count)>(years(most_years)).count();
    };
    switch (unit) {
    case 's':
        return exceeds(seconds());
    case 'm':
        return exceeds(minutes());
    case 'h':
        return exceeds(hours());
    case 'd':
        return exceeds(days());
    case 'w':
        return exceeds(weeks());
    case 'M':
        return exceeds(months());
    default:
        return count > most_years;
    }
}

/// now, or now-30d.
RelativeTime to_relative_time(const RuleToken& token) {
    std::string_view rest = token.written.substr(std::string_view("now").size());
    if (rest.empty())
        return {};
    const bool earlier = rest.front() == '-';
    rest.remove_prefix(1);
    const auto count = take_number<std::int64_t>(rest);
    constexpr std::string_view units = "smhdwMy";
    if (!count || *count < 0 || rest.size() != 1 || units.find(rest.front()) == std::string_view::npos)
        throw RuleProblem{token.offset, fmt::format("{} is not a time", printable(token.written, 40)),
                          "write it like now-30d; the units are s, m, h, d, w, M (months) and y"};
    if (is_too_long(*count, rest.front()))
        throw RuleProblem{token.offset,
                          fmt::format("{} is more than {} years away", printable(token.written, 40), most_years)};
    if (*count > std::numeric_limits<int>::max()) // which is Elasticsearch's limit, too
        throw RuleProblem{token.offset, fmt::format("the number in {} is too large", printable(token.written, 40)),
                          "use a larger unit"};
    return {.count = static_cast<int>(earlier ? -*count : *count), .unit = rest.front()};
}

std::string to_text(const RuleToken& token) {
    boost::system::error_code failure;
    const auto value = boost::json::parse(std::string(token.written), failure);
    if (failure || !value.is_string())
        throw RuleProblem{token.offset, "the text is not valid",
                          "it is written as in JSON: \\\" and \\\\ stand for \" and \\"};
    return std::string(value.get_string());
}

class Parser {
public:
    explicit Parser(std::string_view text) : tokens_(split_rule(text)) {}

    Rule parse() {
        const RuleToken& first = next();
        Operand left = operand();
        Rule out;
        if (next().written == "in" && next().kind == Kind::word)
            out.condition = membership(first, std::move(left));
        else
            out.condition = comparison(first, std::move(left));
        if (next().kind != Kind::end)
            fail("the rule should end here");
        out.text = std::move(text_);
        return out;
    }

private:
    [[nodiscard]] const RuleToken& next() const { return tokens_[at_]; }

    [[noreturn]] void fail(std::string message, std::string hint = {}) const {
        throw RuleProblem{next().offset, std::move(message), std::move(hint)};
    }

    /// Takes the next token. The rule's text has it after a blank, but within parentheses and brackets.
    RuleToken take(bool blank = true) {
        text_ += fmt::format("{}{}", blank && !text_.empty() ? " " : "", next().written);
        return tokens_[at_++];
    }

    [[nodiscard]] bool is_sign(std::string_view sign) const {
        return next().kind == Kind::sign && next().written == sign;
    }

    void take_sign(std::string_view sign, bool blank = false) {
        if (!is_sign(sign))
            fail(fmt::format("{} is missing", sign));
        take(blank);
    }

    std::string field_name(bool blank) {
        const RuleToken& token = next();
        if (token.kind == Kind::quoted) {
            const std::string_view name = token.written.substr(1, token.written.size() - 2);
            if (name.empty())
                fail("the field's name is empty");
            take(blank);
            return std::string(name);
        }
        if (token.kind != Kind::word)
            fail("a field is missing");
        if (is_literal(token.written) || !is_plain_field(token.written))
            fail(fmt::format("{} is not a field", printable(token.written, 40)),
                 "if it is the name of one, write it in backquotes");
        return std::string(take(blank).written);
    }

    Operand operand() {
        const RuleToken& token = next();
        if (token.kind == Kind::quoted)
            return RuleField{.name = field_name(true)};
        if (const auto aggregated = aggregated_field())
            return *aggregated;
        if (token.kind == Kind::text || (token.kind == Kind::word && is_literal(token.written)))
            return literal(true);
        if (token.kind != Kind::word)
            fail("a field or a value is missing");
        return RuleField{.name = field_name(true)};
    }

    std::optional<RuleField> aggregated_field() {
        const bool greatest = next().written == "max";
        if (next().kind != Kind::word || (!greatest && next().written != "min"))
            return std::nullopt;
        take();
        take_sign("(");
        RuleField out{.name = field_name(false), .selection = greatest ? Selection::greatest : Selection::smallest};
        take_sign(")");
        return out;
    }

    static bool is_literal(std::string_view word) {
        return word == "true" || word == "false" || word == "now" || word.starts_with("now-") ||
               word.starts_with("now+") || begins_like_number(word);
    }

    Literal literal(bool blank) {
        const RuleToken& token = next();
        Literal out = read_literal(token);
        take(blank);
        return out;
    }

    Literal read_literal(const RuleToken& token) const {
        const std::string_view word = token.written;
        if (token.kind == Kind::text)
            return to_text(token);
        if (token.kind != Kind::word || !is_literal(word))
            fail("a value is missing", "a number, a date, now, text in quotation marks, true or false");
        if (word == "true" || word == "false")
            return word == "true";
        if (word.starts_with("now"))
            return to_relative_time(token);
        if (looks_like_date(word)) {
            if (const auto date = parse_iso_date(word))
                return *date;
            fail(fmt::format("{} is not a date", printable(word, 40)),
                 "write it like 2025-10-10 or 2025-10-10T14:22:31Z");
        }
        if (const auto number = parse_exact_number(word))
            return *number;
        fail(fmt::format("{} is not a number", printable(word, 40)),
             "if it is the name of a field, write it in backquotes");
    }

    ValueCondition membership(const RuleToken& first, Operand left) {
        const auto* field = std::get_if<RuleField>(&left);
        if (field == nullptr || field->selection != Selection::every)
            throw RuleProblem{first.offset, "\"in\" must follow a field"};
        take();
        take_sign("[", true);
        ValueCondition out{.field = *field, .comparison = Comparison::equal, .values = {}};
        std::vector<std::size_t> tokens;
        do {
            if (!out.values.empty())
                take_sign(",");
            tokens.push_back(at_);
            out.values.push_back(literal(false));
        } while (is_sign(","));
        take_sign("]");
        check_kinds(out, tokens);
        return out;
    }

    /// Each literal says how a value is read, and a value can be read in one way only. A number among dates is one.
    void check_kinds(const ValueCondition& condition, const std::vector<std::size_t>& tokens) const {
        const ValueKind kind = kind_of(condition);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const ValueKind own = kind_of({.field = {}, .values = {condition.values[i]}});
            if (own != kind && !(kind == ValueKind::date && own == ValueKind::number))
                throw RuleProblem{tokens_[tokens[i]].offset, fmt::format("{} is not of the same type as the others",
                                                                         printable(tokens_[tokens[i]].written, 40))};
        }
    }

    std::variant<ValueCondition, FieldCondition> comparison(const RuleToken& first, Operand left) {
        const auto* found = std::ranges::find(comparisons, next().written, [](const auto& pair) { return pair.first; });
        if (next().kind != Kind::sign || found == comparisons.end())
            fail("a comparison is missing", "one of <, <=, >, >=, ==, != and in");
        const Comparison comparison = found->second;
        take();
        Operand right = operand();
        auto* left_field = std::get_if<RuleField>(&left);
        auto* right_field = std::get_if<RuleField>(&right);
        if (left_field != nullptr && right_field != nullptr)
            return FieldCondition{
                .left = std::move(*left_field), .comparison = comparison, .right = std::move(*right_field)};
        if (left_field != nullptr)
            return ValueCondition{.field = std::move(*left_field),
                                  .comparison = comparison,
                                  .values = {std::get<Literal>(std::move(right))}};
        if (right_field == nullptr)
            throw RuleProblem{first.offset, "two values are compared", "a rule names the field or a derived field"};
        return ValueCondition{.field = std::move(*right_field),
                              .comparison = mirrored(comparison),
                              .values = {std::get<Literal>(std::move(left))}};
    }

    std::vector<RuleToken> tokens_;
    std::size_t at_ = 0;
    std::string text_;
};

std::size_t column_of(std::string_view text, std::size_t offset) {
    const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text.substr(0, offset), begins_character)) + 1;
}

constexpr std::size_t longest_rule = 1000; ///< bytes

} // namespace

Result<Rule> parse_rule(std::string_view text) {
    std::string on_one_line(text);
    std::ranges::replace(on_one_line, '\t', ' ');
    if (!is_utf8(text) || printable(on_one_line) != on_one_line)
        return Error{ErrorKind::usage,
                     fmt::format("rule \"{}\": it must be UTF-8 without control characters", printable(text, 80)), ""};
    const auto too_long = [text](std::string_view when) {
        return Error{ErrorKind::usage,
                     fmt::format("rule \"{}\": it is longer than {} bytes{}", printable(text, 80), longest_rule, when),
                     ""};
    };
    if (text.size() > longest_rule)
        return too_long("");
    try {
        Rule rule = Parser(text).parse();
        if (rule.text.size() > longest_rule)
            return too_long(" with spaces between its parts");
        return rule;
    } catch (const RuleProblem& problem) {
        return Error{ErrorKind::usage,
                     fmt::format("rule \"{}\", column {}: {}", printable(text, 120), column_of(text, problem.offset),
                                 problem.message),
                     problem.hint};
    }
}

Result<Rule> parse_rule(std::string_view text, const std::vector<std::string>& fields) {
    auto rule = parse_rule(text);
    if (!rule)
        return rule;
    const auto named = fields_of(*rule);
    if (std::ranges::find_first_of(named, fields) != named.end())
        return rule;
    return Error{
        ErrorKind::usage,
        fmt::format("rule \"{}\", column 1: it names neither the field nor a derived field", printable(text, 120)),
        fmt::format("name {}", join(fields, " or "))};
}

} // namespace health
