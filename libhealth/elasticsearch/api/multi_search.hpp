#pragma once

#include <remote/service.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

struct SearchBody {
    std::string index; ///< index expression
    boost::json::object body;
};

/// One request for all of them, whose answers are complete, or errors: `_search`, or `_msearch` for several, or for one
/// whose index expression would make the request line longer than engines accept. A pattern that matches nothing
/// is a missing index, not 0 documents. An index expression must have passed index_path().
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-multi-search.html
http::Request search_request(std::span<const SearchBody> searches);

/// The same for one search. Fails with `usage` where index_path() does. answers_in(answer, 1) has its answer.
Result<http::Request> search(const std::string& expression, boost::json::object body);

/// The answer to each search of such a request, as if it had been sent alone. Where the answer cannot be split, each
/// gets the whole, which is not valid as an answer to a search.
std::vector<remote::Answer> answers_in(const remote::Answer& answer, std::size_t searches);

/// Whether everything in an answer with status 200 is worth another attempt, by the statuses of its parts.
bool all_are_busy(const http::Response& response);

} // namespace health::elasticsearch
