#include <remote/product.hpp>

#include <string>

namespace health::remote {

bool is_kibana(const http::Response& response) {
    return !response.header("kbn-name").empty();
}

bool is_elasticsearch(const http::Response& response) {
    return !response.header("X-elastic-product").empty();
}

bool lacks_path(const http::Response& response) {
    return response.body.find("no handler found for uri") != std::string::npos;
}

} // namespace health::remote
