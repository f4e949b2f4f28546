#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cli::yaml {

struct Member;

/// A node of a YAML document. Plain scalars have a type by the core schema (YAML 1.2.2, 10.3.2): `NO` and `on` are
/// text.
struct Node {
    enum class Kind { null, boolean, number, text, list, mapping };

    Kind kind = Kind::null;
    std::string scalar{}; ///< as it was written, without quotes
    std::vector<Node> items{};
    std::vector<Member> members; ///< in their order; no key is there twice
    std::size_t line = 1;

    [[nodiscard]] bool is_scalar() const { return kind != Kind::list && kind != Kind::mapping; }
};

struct Member {
    std::string key;
    std::size_t line; ///< of the key
    Node value;
};

/// What is wrong with a document, and where. It is thrown, and becomes an error where the file's name is known.
struct Problem {
    std::size_t line;
    std::string message;
    std::string hint{};
};

/// The one document of the text; null when there is none. Aliases are refused: a few lines of them can stand for a
/// billion nodes.
Node parse(const std::string& text);

/// "a list", "text", for messages.
std::string_view to_string(Node::Kind kind);

/// The node as JSON on one line.
std::string to_json(const Node& node);

} // namespace cli::yaml
