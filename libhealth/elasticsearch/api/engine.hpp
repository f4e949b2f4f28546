#pragma once

#include <http/message.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <utility>

/// Which product and version it is that answers, from GET / and the headers of its answers.
namespace health::elasticsearch {

struct Engine {
    enum class Product {
        unknown, ///< it may be an engine, but does not say which
        elasticsearch,
        opensearch,
        another, ///< a program that is none of these
    };

    Product product = Product::unknown;
    std::string number{};                         ///< the version in full, printable: "8.19.0"
    std::optional<std::pair<int, int>> version{}; ///< its major and minor number
    bool hides_version = false; ///< OpenSearch with override_main_response_version: the number is one of Elasticsearch
    std::string identity{};     ///< Store::identity(); empty when it is not known
};

/// From the answer to GET /, which a restricted key may not be allowed to read.
Engine recognise_engine(const http::Response& response);

/// Store::identity(), from the body of that answer.
std::string cluster_identity(const boost::json::object& body);

} // namespace health::elasticsearch
