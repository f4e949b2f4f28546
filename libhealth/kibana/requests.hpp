#pragma once

#include <http/message.hpp>
#include <kibana/answer.hpp>
#include <kibana/import.hpp>

#include <set>
#include <span>
#include <string>

/// Requests to Kibana. `space_path` is empty, or /s/SPACE.
namespace health::kibana {

/// https://www.elastic.co/guide/en/kibana/8.19/saved-objects-api-import.html
http::Request import_request(const std::string& space_path, const std::string& ndjson, ImportMode mode);

/// Imports only the listed objects of the file.
/// https://www.elastic.co/guide/en/kibana/8.19/saved-objects-api-resolve-import-errors.html
/// `kept` are existing objects that stay: where the space has them under another id, references lead to that.
http::Request resolve_request(const std::string& space_path, const std::string& ndjson,
                              std::span<const ImportOutcome> create, std::span<const ImportOutcome> overwrite,
                              std::span<const ImportOutcome> kept);

std::string object_target(const std::string& space_path, const std::string& type, const std::string& id);

/// Titles of all objects of these types, a page of them; pages count from 1.
std::string find_target(const std::string& space_path, const std::set<std::string>& types, std::size_t page);

} // namespace health::kibana
