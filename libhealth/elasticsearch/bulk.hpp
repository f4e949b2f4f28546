#pragma once

#include <remote/service.hpp>
#include <store/store.hpp>

#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// Creates the documents under their ids, without overwriting any.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/docs-bulk.html
http::Request bulk_request(const std::string& path, std::span<const HealthDocument> documents);

/// The result for each document. Ids are unique, so if one exists already, an earlier attempt whose answer was lost has
/// stored the document.
std::vector<Result<void>> to_stored(const std::string& action, std::span<const HealthDocument> documents,
                                    const remote::Answer& answer);

/// Whether some documents in an answer with status 200 are worth another attempt, by their own statuses.
bool some_are_busy(const http::Response& response);

} // namespace health::elasticsearch
