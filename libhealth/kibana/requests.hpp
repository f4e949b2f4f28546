#pragma once

#include <http/message.hpp>
#include <kibana/answer.hpp>

#include <set>
#include <span>
#include <string>

/// What is asked of a Kibana. `space_path` is empty, or /s/SPACE.
namespace health::kibana {

/// https://www.elastic.co/guide/en/kibana/8.19/saved-objects-api-import.html
http::Request import_request(const std::string& space_path, const std::string& ndjson, ImportMode mode);

/// Of the objects of the file, imports those that are listed; the others are left alone.
/// https://www.elastic.co/guide/en/kibana/8.19/saved-objects-api-resolve-import-errors.html
/// `kept` are those that exist and stay: where the space has them under another id, references go there.
http::Request resolve_request(const std::string& space_path, const std::string& ndjson, std::span<const Outcome> create,
                              std::span<const Outcome> overwrite, std::span<const Outcome> kept);

std::string object_target(const std::string& space_path, const std::string& type, const std::string& id);

/// Titles of all objects of these types, a page of them; pages count from 1.
std::string find_target(const std::string& space_path, const std::set<std::string>& types, std::size_t page);

} // namespace health::kibana
