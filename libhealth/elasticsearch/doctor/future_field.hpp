#pragma once

#include <boost/json/object.hpp>

#include <set>
#include <string>
#include <string_view>

namespace health::elasticsearch {

/// How an index with a mapping ({"properties": ..., "dynamic": ...}) treats a field of the documents that it will get.
struct FutureField {
    enum class Treatment {
        mapped,             ///< as `types`, which has one
        mapped_dynamically, ///< by the first document that has it, as one of `types`
        unmapped,
    };
    Treatment treatment = Treatment::unmapped;
    std::set<std::string, std::less<>> types;
    std::string why{};       ///< for unmapped: "with dynamic: false"
    bool is_refused = false; ///< for unmapped: with the document that has it
    bool is_unseen = false;  ///< neither index nor doc_values: an exists query does not find it
    bool is_nested = false;  ///< in a nested object, or one itself
    bool is_hidden = false;  ///< in a nested object that is not copied out of itself (include_in_root or _parent)
};

/// What becomes of the documents that have a field which is never mapped.
std::string_view effect_on_documents(const FutureField& unmapped);

/// `parent_has_values`: what the field's name is appended to is a field itself, not an object; "kind.keyword" is then
/// what dynamic mapping adds to a text.
FutureField future_field(const boost::json::object& mappings, std::string_view field, bool parent_has_values);

} // namespace health::elasticsearch
