// Beast asserts that the last chunk is not the first one (basic_parser.ipp of Boost 1.81), but it may be.
#define BOOST_DISABLE_ASSERTS
#include <http/message_parser.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/assert.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string_view>

namespace health::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

template <class Parser>
error_code put_all(Parser& parser, std::string& bytes) {
    while (!bytes.empty() && !parser.is_done()) {
        error_code failure;
        const std::size_t used = parser.put(asio::buffer(bytes), failure);
        bytes.erase(0, used);
        if (failure == beast::http::error::need_more)
            return {};
        if (failure)
            return failure;
    }
    return {};
}

} // namespace

struct ResponseParser::Impl {
    beast::http::response_parser<beast::http::string_body> parser;
};

ResponseParser::ResponseParser(const Options& options) : impl_(std::make_unique<Impl>()) {
    impl_->parser.header_limit(options.head_limit);
    impl_->parser.body_limit(options.body_limit);
    impl_->parser.skip(options.without_body);
}
ResponseParser::~ResponseParser() = default;

error_code ResponseParser::put(std::string& bytes) {
    return put_all(impl_->parser, bytes);
}

error_code ResponseParser::end() {
    if (!impl_->parser.got_some())
        return beast::http::error::end_of_stream;
    error_code failure;
    impl_->parser.put_eof(failure);
    return failure;
}

bool ResponseParser::has_head() const {
    return impl_->parser.is_header_done();
}

bool ResponseParser::is_done() const {
    return impl_->parser.is_done();
}

int ResponseParser::status() const {
    return static_cast<int>(impl_->parser.get().result_int());
}

bool ResponseParser::keep_alive() const {
    return impl_->parser.keep_alive();
}

Response ResponseParser::release(const error_code& failure) {
    auto message = impl_->parser.release();
    Response out{.status = static_cast<int>(message.result_int()),
                 .headers = {},
                 .body = std::move(message.body()),
                 .body_problem = std::nullopt};
    for (const auto& field : message)
        out.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    out.too_large = failure == beast::http::error::body_limit;
    if (out.too_large)
        out.body_problem = Error{ErrorKind::bad_response, "the answer is too large", ""};
    else if (failure)
        out.body_problem = Error{ErrorKind::bad_response, "the answer was cut off", ""};
    return out;
}

bool is_not_http(const error_code& failure) {
    return failure.category() == make_error_code(beast::http::error::bad_version).category() &&
           failure != beast::http::error::end_of_stream && failure != beast::http::error::partial_message;
}

struct RequestBodyParser::Impl {
    beast::http::request_parser<beast::http::string_body> parser;
    /// Beast accepts a line end in a quoted extension, where other parsers see the end of the chunk's head.
    std::function<void(std::uint64_t, std::string_view, error_code&)> check_extensions =
        [](std::uint64_t, std::string_view extensions, error_code& failure) {
            if (extensions.find_first_of("\r\n") != std::string_view::npos)
                failure = beast::http::error::bad_chunk_extension;
        };
};

RequestBodyParser::RequestBodyParser(std::size_t head_limit, std::size_t body_limit) : impl_(std::make_unique<Impl>()) {
    impl_->parser.eager(true);
    impl_->parser.header_limit(static_cast<std::uint32_t>(head_limit));
    impl_->parser.body_limit(body_limit);
    impl_->parser.on_chunk_header(impl_->check_extensions);
}
RequestBodyParser::~RequestBodyParser() = default;

std::optional<Refusal> RequestBodyParser::put(std::string& bytes) {
    const error_code failure = put_all(impl_->parser, bytes);
    if (failure == beast::http::error::body_limit)
        return body_too_large;
    return failure ? std::optional(Refusal{400, "malformed body"}) : std::nullopt;
}

bool RequestBodyParser::is_done() const {
    return impl_->parser.is_done();
}

std::string RequestBodyParser::release() {
    return std::move(impl_->parser.get().body());
}

} // namespace health::http
