#include <elasticsearch/doctor/writing_indices.hpp>

#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/text.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

std::uint64_t created(const json::object& indices, std::string_view name) {
    const std::string text = find_text(indices, {name, "settings", "index.creation_date"});
    return parse_number<std::uint64_t>(text).value_or(0);
}

std::optional<bool> is_write_index(const json::value& index, std::string_view alias) {
    return find_bool(index, {"aliases", alias, "is_write_index"});
}

} // namespace

std::string data_stream_of(const json::value& index) {
    return find_text(index, {"data_stream"});
}

bool is_newer(const json::object& indices, std::string_view a, std::string_view b) {
    return std::pair(created(indices, a), a) > std::pair(created(indices, b), b);
}

std::map<std::string, std::string> newest_of_streams(const json::object& indices) {
    std::map<std::string, std::string> out;
    for (const auto& [name, index] : indices)
        if (const std::string stream = data_stream_of(index); !stream.empty()) {
            std::string& newest = out[stream];
            if (newest.empty() || is_newer(indices, name, newest))
                newest = name;
        }
    return out;
}

std::set<std::string> aliases(const json::object& indices, std::string_view name) {
    std::set<std::string> out;
    for (const auto& [index, value] : indices)
        if (const json::object* of_index = find_object(value, {"aliases"}))
            for (const auto& [alias, details] : *of_index)
                if (glob(name, alias))
                    out.emplace(alias);
    return out;
}

std::string write_index(const json::object& indices, std::string_view alias) {
    std::vector<std::string_view> members;
    for (const auto& [name, index] : indices) {
        if (find(index, {"aliases", alias}) == nullptr)
            continue;
        const auto marked = is_write_index(index, alias);
        if (marked.value_or(false))
            return name;
        if (marked.value_or(true))
            members.push_back(name);
    }
    return members.size() == 1 ? std::string(members.front()) : std::string();
}

std::set<std::string> writing_indices(const json::object& indices) {
    const auto newest = newest_of_streams(indices);
    std::set<std::string> out;
    for (const auto& [name, index] : indices) {
        const std::string stream = data_stream_of(index);
        if (!stream.empty() && newest.at(stream) != std::string_view(name))
            continue;
        bool writes = false;
        bool succeeded = false;
        if (const json::object* of_index = find_object(index, {"aliases"}))
            for (const auto& [alias, details] : *of_index) {
                const auto marked = is_write_index(index, alias);
                writes = writes || marked.value_or(false);
                succeeded = succeeded || !marked.value_or(true);
            }
        if (writes || !succeeded)
            out.emplace(name);
    }
    return out;
}

} // namespace health::elasticsearch
