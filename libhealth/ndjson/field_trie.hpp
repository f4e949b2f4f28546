#pragma once

#include <ndjson/sorted.hpp>

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace health::ndjson {

/// Where elasticdump puts the document in its lines.
inline constexpr std::string_view wrapped_document = "_source";

/// The paths of any number of fields, found in a document by one walk through it. A dot in a path leads into an object
/// or is part of a member's name, arrays are searched, and `.keyword` at the end of a path means the string itself (a
/// multi-field that Elasticsearch adds to strings).
class FieldTrie {
public:
    using Path = std::uint32_t; ///< counted from 0, in the order in which they were added

    /// The same path gets the same number.
    Path add(std::string_view path);
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Shows the values at the paths to the visitor, which has
    ///     void value(Path, dom::element scalar)  for each scalar at the path, or in arrays there, that is not null;
    ///     void below(Path)                       for each such scalar in an object at the path;
    ///     bool wants_values(Path)                and
    ///     bool wants_below(Path)                 whether it needs them: what is not wanted is skipped;
    ///     void restart()                         the document begins only here: forget what was shown;
    ///     std::vector<Path> enclosing            room for the paths whose objects the walk is in.
    /// The document is the line, or its `_source` where that is an object.
    template <class Visitor>
    void walk(const simdjson::dom::object& line, Visitor& visitor) const {
        visit_members<Part::line>(0, line, visitor);
    }

private:
    using NodeId = std::uint32_t;
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    struct Child {
        std::string segment; ///< of the path, between two dots
        NodeId node = none;
    };

    struct Node {
        Path path = none;              ///< the one that ends here
        NodeId keyword = none;         ///< the child of that name
        std::uint64_t initials = 0;    ///< a bit for each letter with which members that may lead to a child begin
        std::vector<Child> children{}; ///< sorted

        static std::uint64_t bit(char initial) {
            return std::uint64_t{1} << (static_cast<unsigned char>(initial) % 64);
        }
        [[nodiscard]] NodeId child(std::string_view segment) const {
            const auto found = find_equal(children, segment, &Child::segment);
            return found != children.end() ? found->node : none;
        }
    };

    /// What is being walked. Whether a line contains a wrapped document is found out on the way, at no cost.
    enum class Part { line, document };

    template <class Visitor>
    void visit(NodeId at, const simdjson::dom::element& value, Visitor& visitor) const;
    template <Part part, class Visitor>
    void visit_members(NodeId at, const simdjson::dom::object& object, Visitor& visitor) const;
    template <class Visitor>
    NodeId follow_dots(NodeId from, std::string_view member, Visitor& visitor) const;
    template <class Visitor>
    bool is_wanted(NodeId at, const Visitor& visitor) const;

    std::vector<Node> nodes_{1};
    Path size_ = 0;
};

template <class Visitor>
void FieldTrie::visit(NodeId at, const simdjson::dom::element& value, Visitor& visitor) const {
    using enum simdjson::dom::element_type;
    switch (value.type()) {
    case ARRAY:
        for (const simdjson::dom::element element : simdjson::dom::array(value)) {
            visit(at, element, visitor);
            if (!is_wanted(at, visitor))
                return;
        }
        return;
    case OBJECT:
        visit_members<Part::document>(at, simdjson::dom::object(value), visitor);
        return;
    case NULL_VALUE:
        return;
    default:
        for (const Path path : visitor.enclosing)
            visitor.below(path);
        if (at == none)
            return;
        const Node& node = nodes_[at];
        if (node.path != none)
            visitor.value(node.path, value);
        if (node.keyword != none && nodes_[node.keyword].path != none && value.is_string())
            visitor.value(nodes_[node.keyword].path, value);
    }
}

template <FieldTrie::Part part, class Visitor>
void FieldTrie::visit_members(NodeId at, const simdjson::dom::object& object, Visitor& visitor) const {
    auto& enclosing = visitor.enclosing;
    const std::size_t outer = enclosing.size();
    if (at != none && nodes_[at].path != none && visitor.wants_below(nodes_[at].path))
        enclosing.push_back(nodes_[at].path);
    const std::size_t inner = enclosing.size();
    const std::uint64_t initials = (at != none ? nodes_[at].initials : 0) | (part == Part::line ? Node::bit('_') : 0);
    bool may_hold_document = part == Part::line;
    const auto end = object.end(); // it is looked up each time that it is asked for
    for (auto field = object.begin(); field != end; ++field) {
        const std::string_view member = field.key();
        // Most members lead nowhere: checking the first letter skips them cheaply.
        const bool may_lead = !member.empty() && (initials & Node::bit(member.front())) != 0;
        if (!may_lead && inner == 0)
            continue;
        if (part == Part::line && may_hold_document && member == wrapped_document) {
            if (field.value().is_object()) {
                enclosing.resize(outer);
                visitor.restart();
                return visit_members<Part::document>(at, simdjson::dom::object(field.value()), visitor);
            }
            may_hold_document = false;
        }
        NodeId next = may_lead ? nodes_[at].child(member) : none;
        // Few names have dots, and searching for them takes longer.
        if (may_lead && next == none)
            next = follow_dots(at, member, visitor);
        if (next == none && enclosing.empty())
            continue;
        visit(next, field.value(), visitor);
        enclosing.resize(inner);
        if (part == Part::document && inner > 0 && !is_wanted(at, visitor))
            break;
    }
    enclosing.resize(outer);
}

/// The node that a member with dots in its name leads to; none if no path continues there. The member may go beyond the
/// end of a path, by a dot and more; its value is then below the path.
template <class Visitor>
FieldTrie::NodeId FieldTrie::follow_dots(NodeId from, std::string_view member, Visitor& visitor) const {
    std::size_t dot = member.find('.');
    if (dot == std::string_view::npos)
        return none;
    NodeId at = from;
    for (bool first = true;; first = false) {
        const std::string_view segment = member.substr(0, dot);
        at = nodes_[at].child(segment);
        if (at == none || dot == std::string_view::npos)
            return at;
        member.remove_prefix(dot + 1);
        dot = member.find('.');
        const Path path = nodes_[at].path;
        // A member that begins with a dot is not below the path that ends at the object itself.
        const bool ends_before = path != none && !member.empty() && !(first && segment.empty());
        if (ends_before && visitor.wants_below(path))
            visitor.enclosing.push_back(path);
    }
}

template <class Visitor>
bool FieldTrie::is_wanted(NodeId at, const Visitor& visitor) const {
    if (at != none) {
        const Node& node = nodes_[at];
        if (!node.children.empty() ||
            (node.path != none && (visitor.wants_below(node.path) || visitor.wants_values(node.path))))
            return true;
    }
    for (const Path path : visitor.enclosing)
        if (visitor.wants_below(path))
            return true;
    return false;
}

} // namespace health::ndjson
