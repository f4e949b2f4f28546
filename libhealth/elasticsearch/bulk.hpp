#pragma once

#include <remote/service.hpp>
#include <store/store.hpp>

#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// Creates the documents under their ids, none of which overwrites another one.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/docs-bulk.html
http::Request bulk_request(const std::string& path, std::span<const HealthDocument> documents);

/// What became of each. An id is ours alone: when it is there already, an earlier try whose answer was lost has stored
/// the document.
std::vector<Result<void>> to_stored(const std::string& action, std::span<const HealthDocument> documents,
                                    const remote::Answer& answer);

/// An answer with status 200 that asks for another try of some of its documents, by their own statuses.
bool some_are_busy(const http::Response& response);

} // namespace health::elasticsearch
