#pragma once

#include <remote/service.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

struct SearchBody {
    std::string index; ///< index expression
    boost::json::object body;
};

/// One request for all of them, whose answers are whole, or errors: `_search`, or `_msearch` where there are several,
/// or one whose index expression would make the request line longer than engines take. A pattern that matches nothing
/// is a missing index, not 0 documents. An index expression must have passed index_path().
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-multi-search.html
http::Request search_request(std::span<const SearchBody> searches);

/// The answer to each search of such a request, as if it had been alone. Where that cannot be made out, the answer to
/// all: it passes for none to a search.
std::vector<remote::Answer> parts_of(const remote::Answer& answer, std::size_t searches);

/// The answer as if this item of it were the whole.
remote::Answer part_of(const remote::Answer& answer, const boost::json::object& item);

/// The engine may well answer the same request a moment later.
bool is_busy(std::uint64_t status);

/// An answer with status 200 that asks for another try of everything, by the statuses of its items.
bool all_are_busy(const http::Response& response);

} // namespace health::elasticsearch
