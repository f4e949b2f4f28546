#include <cli/configuration/yaml.hpp>

#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <utility>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace cli::yaml {

namespace {

constexpr std::string_view plain_tag = "?";
constexpr std::string_view quoted_tag = "!";
constexpr std::string_view text_tag = "tag:yaml.org,2002:str";

std::size_t line_of(const YAML::Mark& mark) {
    return mark.is_null() ? 1 : static_cast<std::size_t>(mark.line) + 1;
}

std::size_t digits(std::string_view text) {
    return std::min(text.find_first_not_of("0123456789"), text.size());
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    const std::size_t whole = digits(text);
    text.remove_prefix(whole);
    std::size_t fraction = 0;
    if (text.starts_with('.')) {
        fraction = digits(text.substr(1));
        text.remove_prefix(1 + fraction);
    }
    if (whole + fraction == 0)
        return false;
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('-') || text.starts_with('+'))
            text.remove_prefix(1);
        return !text.empty() && digits(text) == text.size();
    }
    return text.empty();
}

bool is_number(std::string_view text) {
    if (is_decimal(text))
        return true;
    if (text.starts_with("0o"))
        return text.size() > 2 && text.find_first_not_of("01234567", 2) == std::string_view::npos;
    if (text.starts_with("0x"))
        return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
    constexpr std::array nans{".nan", ".NaN", ".NAN"};
    if (std::ranges::find(nans, text) != nans.end())
        return true;
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    constexpr std::array infinities{".inf", ".Inf", ".INF"};
    return std::ranges::find(infinities, text) != infinities.end();
}

Node::Kind kind_of_plain(std::string_view text) {
    constexpr std::array booleans{"true", "True", "TRUE", "false", "False", "FALSE"};
    if (std::ranges::find(booleans, text) != booleans.end())
        return Node::Kind::boolean;
    return is_number(text) ? Node::Kind::number : Node::Kind::text;
}

/// Puts the parser's events together.
class Builder : public YAML::EventHandler {
public:
    [[nodiscard]] Node take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        add({.members = {}, .line = line_of(mark)});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw Problem{line_of(mark), "aliases are not supported", "write the value out"};
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_anchor(mark, anchor);
        const bool text = tag == quoted_tag || tag == text_tag;
        if (!text && tag != plain_tag)
            throw Problem{line_of(mark), "tags are not supported", "remove the tag"};
        add({.kind = text ? Node::Kind::text : kind_of_plain(value),
             .scalar = value,
             .members = {},
             .line = line_of(mark)});
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::mapping);
    }
    void OnMapEnd() override { close(); }

private:
    /// A list or mapping that has not ended, and the key whose value is to come.
    struct Open {
        Node node;
        std::optional<Member> pending{};
    };

    static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != 0)
            throw Problem{line_of(mark), "anchors are not supported", "remove the anchor, and write out its aliases"};
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
        refuse_anchor(mark, anchor);
        if (tag != plain_tag && !tag.empty())
            throw Problem{line_of(mark), "tags are not supported", "remove the tag"};
        open_.push_back({.node = {.kind = kind, .members = {}, .line = line_of(mark)}});
    }

    void close() {
        Node node = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(node));
    }

    void add(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        auto& [parent, pending] = open_.back();
        if (parent.kind == Node::Kind::list) {
            parent.items.push_back(std::move(node));
        } else if (pending) {
            pending->value = std::move(node);
            parent.members.push_back(std::exchange(pending, std::nullopt).value());
        } else {
            pending = key(std::move(node));
        }
    }

    static Member key(Node node) {
        if (!node.is_scalar() || node.kind == Node::Kind::null)
            throw Problem{node.line, "a key must be text", "write it as key: value"};
        return {.key = std::move(node.scalar), .line = node.line, .value = {}};
    }

    std::vector<Open> open_;
    Node root_;
};

/// In the node, and in all mappings below it.
void refuse_duplicate_keys(const Node& node) {
    for (const Node& item : node.items)
        refuse_duplicate_keys(item);
    std::vector<const Member*> sorted;
    for (const Member& member : node.members) {
        refuse_duplicate_keys(member.value);
        sorted.push_back(&member);
    }
    std::ranges::stable_sort(sorted, {}, &Member::key);
    const auto twice = std::ranges::adjacent_find(sorted, {}, &Member::key);
    if (twice != sorted.end()) {
        const Member& second = **std::next(twice);
        throw Problem{second.line, fmt::format("{} is given twice", health::printable(second.key, 80)),
                      fmt::format("the first one is on line {}", (*twice)->line)};
    }
}

/// YAML has numbers that JSON lacks: +1, 007, .5, 5.
std::string json_number(std::string_view text) {
    std::string out;
    if (text.starts_with('-'))
        out = "-";
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    while (text.size() > 1 && text[0] == '0' && health::is_digit(text[1]))
        text.remove_prefix(1);
    if (text.starts_with('.'))
        out += '0';
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos)
        return out.append(text);
    out.append(text.substr(0, point + 1));
    text.remove_prefix(point + 1);
    if (digits(text) == 0)
        out += '0';
    return out.append(text);
}

void append_json(const Node& node, std::string& out) {
    switch (node.kind) {
    case Node::Kind::null:
        out += "null";
        return;
    case Node::Kind::boolean:
        out += node.scalar.front() == 't' || node.scalar.front() == 'T' ? "true" : "false";
        return;
    case Node::Kind::number:
        if (!is_decimal(node.scalar))
            throw Problem{node.line, fmt::format("{} is not a decimal number", health::printable(node.scalar, 80)),
                          "write it in decimal digits"};
        if (const auto value = health::parse_number<double>(json_number(node.scalar)); !value || !std::isfinite(*value))
            throw Problem{node.line, fmt::format("{} is too large for a number", health::printable(node.scalar, 80))};
        out += json_number(node.scalar);
        return;
    case Node::Kind::text:
        out += boost::json::serialize(boost::json::string_view(node.scalar));
        return;
    case Node::Kind::list:
        out += '[';
        for (const Node& item : node.items) {
            out += &item == &node.items.front() ? "" : ",";
            append_json(item, out);
        }
        out += ']';
        return;
    case Node::Kind::mapping:
        out += '{';
        for (const Member& member : node.members) {
            out += &member == &node.members.front() ? "" : ",";
            out += boost::json::serialize(boost::json::string_view(member.key)) + ":";
            append_json(member.value, out);
        }
        out += '}';
        return;
    }
}

/// The parser would stop silently at a NUL byte.
void refuse_other_bytes(const std::string& text) {
    const auto line_at = [&](std::size_t i) {
        return static_cast<std::size_t>(std::ranges::count(text.substr(0, i), '\n')) + 1;
    };
    if (const auto zero = text.find('\0'); zero != std::string::npos)
        throw Problem{line_at(zero), "the file contains a NUL byte", "the file must be UTF-8 text"};
    if (!health::is_utf8(text))
        throw Problem{1, "the file is not UTF-8", "save it as UTF-8"};
}

std::size_t last_line(std::string_view text) {
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    return static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
}

Node parse_document(const std::string& text) {
    // Where a line's end is the last byte, yaml-cpp takes it for the end of a quoted scalar, too; before a comment it
    // does not.
    std::istringstream stream(text.ends_with('\n') ? text + "#" : text);
    YAML::Parser parser(stream);
    Builder builder;
    if (!parser.HandleNextDocument(builder))
        return {};
    Node out = builder.take();
    Builder rest;
    if (parser.HandleNextDocument(rest))
        throw Problem{rest.take().line, "a second document begins", "keep one"};
    return out;
}

} // namespace

Node parse(const std::string& text) {
    refuse_other_bytes(text);
    try {
        Node out = parse_document(text);
        refuse_duplicate_keys(out);
        return out;
    } catch (const YAML::Exception& error) {
        throw Problem{std::min(line_of(error.mark), last_line(text)),
                      fmt::format("not valid YAML: {}", health::printable(error.msg, 80)), ""};
    }
}

std::string_view to_string(Node::Kind kind) {
    switch (kind) {
    case Node::Kind::null:
        return "empty";
    case Node::Kind::boolean:
        return "true or false";
    case Node::Kind::number:
        return "a number";
    case Node::Kind::text:
        return "text";
    case Node::Kind::list:
        return "a list";
    case Node::Kind::mapping:
        break;
    }
    return "a mapping";
}

std::string to_json(const Node& node) {
    std::string out;
    append_json(node, out);
    return out;
}

} // namespace cli::yaml
