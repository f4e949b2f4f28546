#include <ndjson/field_trie.hpp>

#include <algorithm>

namespace health::ndjson {

FieldTrie::Path FieldTrie::add(std::string_view path) {
    NodeId at = 0;
    for (bool more = !path.empty(); more;) {
        const std::size_t dot = path.find('.');
        const std::string_view segment = path.substr(0, dot);
        NodeId next = nodes_[at].child(segment);
        if (next == none) {
            next = static_cast<NodeId>(nodes_.size());
            nodes_.emplace_back();
            Node& node = nodes_[at];
            const auto place = std::ranges::lower_bound(node.children, segment, {}, &Child::segment);
            node.children.insert(place, {.segment = std::string(segment), .node = next});
            // A member whose first segment is empty begins with a dot.
            node.initials |= Node::bit(segment.empty() ? '.' : segment.front());
            if (segment == "keyword")
                node.keyword = next;
        }
        at = next;
        more = dot != std::string_view::npos;
        path.remove_prefix(more ? dot + 1 : path.size());
    }
    if (nodes_[at].path == none)
        nodes_[at].path = size_++;
    return nodes_[at].path;
}

} // namespace health::ndjson
