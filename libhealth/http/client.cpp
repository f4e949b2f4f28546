#include <http/client.hpp>

#include <base/gzip.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <base/version.hpp>
#include <http/resolve.hpp>
#include <http/tls.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include <ctime>
#include <optional>

namespace health::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t body_limit = 4ULL << 20U;
constexpr std::uint32_t head_limit = 64U << 10U;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

struct Connection {
    std::unique_ptr<PlainStream> plain;
    std::unique_ptr<TlsStream> tls;
    beast::flat_buffer buffer;

    beast::tcp_stream& socket() { return tls ? tls->next_layer() : *plain; }
};

http::Response to_response(beast::http::response<beast::http::string_body> message, std::optional<Error> problem) {
    Response out{.status = static_cast<int>(message.result_int()),
                 .headers = {},
                 .body = std::move(message.body()),
                 .body_problem = std::move(problem)};
    for (const auto& field : message)
        out.headers.push_back({std::string(field.name_string()), std::string(field.value())});
    return out;
}

void decompress(Response& response) {
    const std::string_view coding = trim(response.header("Content-Encoding"));
    if (response.body_problem || coding.empty() || iequals(coding, "identity"))
        return;
    if (!iequals(coding, "gzip")) {
        response.body_problem =
            Error{ErrorKind::bad_response,
                  fmt::format("the answer's encoding {} was not asked for", printable(coding, 40)), ""};
        return;
    }
    auto body = gunzip(response.body, body_limit);
    response.too_large = body && body->size() > body_limit;
    if (!body)
        response.body_problem = body.error();
    else if (response.too_large)
        response.body_problem = Error{ErrorKind::bad_response, "the answer is too large once it is decompressed", ""};
    else
        response.body = *std::move(body);
}

std::optional<Timestamp> expiry_of_certificate(SSL* connection) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(connection), X509_free);
    std::tm time{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1)
        return std::nullopt;
    return Timestamp(std::chrono::seconds(timegm(&time)));
}

} // namespace

class Client::Impl {
public:
    Impl(Url origin, std::optional<ssl::context> context, bool verify_host)
        : origin_(std::move(origin)), tls_context_(std::move(context)), verify_host_(verify_host) {}

    [[nodiscard]] const Url& origin() const { return origin_; }
    [[nodiscard]] std::optional<Timestamp> certificate_expires() const { return certificate_expires_; }

    Result<Response> exchange(const Request& request, const Deadline& deadline, Clock::duration connect_limit) {
        if (connection_) {
            // A server may have closed a kept connection at any time: then the request was not answered, and goes out
            // anew.
            auto answer = on_connection(request, deadline);
            if (answer || answer.error().kind != ErrorKind::unreachable)
                return answer;
        }
        const Deadline connect_deadline{.at = std::min(deadline.at, Clock::now() + connect_limit),
                                        .stop = deadline.stop};
        if (auto connected = connect(connect_deadline, deadline); !connected)
            return connected.error();
        return on_connection(request, deadline);
    }

private:
    using Parser = beast::http::response_parser<beast::http::string_body>;

    /// Runs one coroutine to its end; a stop request cancels what the socket does.
    template <class T>
    Result<T> run(asio::awaitable<Result<T>> work, const std::stop_token& stop) {
        std::optional<Result<T>> result;
        context_.restart();
        asio::co_spawn(context_, std::move(work), [&](const std::exception_ptr& failure, Result<T> value) {
            if (failure)
                std::rethrow_exception(failure);
            result = std::move(value);
        });
        const std::stop_callback cancel(stop, [this] {
            asio::post(context_, [this] {
                if (connection_)
                    connection_->socket().cancel();
            });
        });
        context_.run();
        if (!*result)
            connection_.reset();
        return *std::move(result);
    }

    Result<void> connect(const Deadline& connect_deadline, const Deadline& deadline) {
        auto endpoints = resolve(origin_.host, origin_.port, connect_deadline);
        if (!endpoints)
            return Error{endpoints.error().kind, fmt::format("{}: {}", origin_.shown(), endpoints.error().message),
                         endpoints.error().hint};
        connection_ = std::make_unique<Connection>();
        if (origin_.tls)
            connection_->tls = std::make_unique<TlsStream>(context_, *tls_context_);
        else
            connection_->plain = std::make_unique<PlainStream>(context_);
        return run(open(*std::move(endpoints), connect_deadline, deadline), deadline.stop);
    }

    asio::awaitable<Result<void>> open(std::vector<tcp::endpoint> endpoints, Deadline limit, Deadline deadline) {
        auto& socket = connection_->socket();
        socket.expires_at(limit.at);
        const auto [failure, endpoint] = co_await socket.async_connect(endpoints, use_tuple);
        if (failure)
            co_return connect_error(failure, deadline);
        socket.socket().set_option(tcp::no_delay(true));
        if (connection_->tls)
            co_return co_await handshake(*connection_->tls, deadline);
        co_return Result<void>{};
    }

    asio::awaitable<Result<void>> handshake(TlsStream& stream, Deadline deadline) {
        error_code not_numeric;
        asio::ip::make_address(origin_.host, not_numeric);
        if (not_numeric)
            SSL_set_tlsext_host_name(stream.native_handle(), origin_.host.c_str()); // RFC 6066: no IP address in SNI
        if (verify_host_)
            stream.set_verify_callback(ssl::host_name_verification(origin_.host));
        const auto [failure] = co_await stream.async_handshake(ssl::stream_base::client, use_tuple);
        certificate_expires_ = expiry_of_certificate(stream.native_handle());
        if (!failure)
            co_return Result<void>{};
        if (failure == beast::error::timeout || deadline.stop.stop_requested())
            co_return connect_error(failure, deadline);
        co_return tls_error(failure, SSL_get_verify_result(stream.native_handle()));
    }

    Error connect_error(const error_code& failure, const Deadline& deadline) const {
        if (failure == beast::error::timeout || deadline.stop.stop_requested()) {
            const auto kind = deadline.passed() ? ErrorKind::timeout : ErrorKind::unreachable;
            return {kind, fmt::format("{}: no connection in time", origin_.shown()),
                    Remedy::check_network_or_raise_timeout};
        }
        return {ErrorKind::unreachable, fmt::format("{}: {}", origin_.shown(), failure.message()),
                "check the URL, and that the server runs"};
    }

    Error tls_error(const error_code& failure, long verify_result) const {
        if (verify_result != X509_V_OK)
            return {ErrorKind::unreachable,
                    fmt::format("{}: its certificate is not trusted: {}", origin_.shown(),
                                X509_verify_cert_error_string(verify_result)),
                    Remedy::trust_authority};
        return {ErrorKind::unreachable, fmt::format("{}: TLS handshake failed: {}", origin_.shown(), failure.message()),
                "is it an http:// address?"};
    }

    Result<Response> on_connection(const Request& request, const Deadline& deadline) {
        return connection_->tls ? run(talk(*connection_->tls, request, deadline), deadline.stop)
                                : run(talk(*connection_->plain, request, deadline), deadline.stop);
    }

    template <class Stream>
    asio::awaitable<Result<Response>> talk(Stream& stream, const Request& request, Deadline deadline) {
        auto& socket = connection_->socket();
        socket.expires_at(deadline.at);
        const auto message = to_message(request);
        if (const auto [failure, size] = co_await beast::http::async_write(stream, message, use_tuple); failure)
            co_return no_answer(failure, deadline);
        for (;;) {
            Parser parser;
            parser.header_limit(head_limit);
            parser.body_limit(body_limit);
            parser.skip(request.method == "HEAD");
            const auto [head_failure, head_size] =
                co_await beast::http::async_read_header(stream, connection_->buffer, parser, use_tuple);
            if (head_failure)
                co_return no_answer(head_failure, deadline);
            if (parser.get().result_int() / 100 == 1)
                continue;
            const auto [body_failure, body_size] =
                co_await beast::http::async_read(stream, connection_->buffer, parser, use_tuple);
            if (body_failure == beast::error::timeout || deadline.passed())
                co_return timed_out();
            const bool reusable = !body_failure && parser.keep_alive() && connection_->buffer.size() == 0;
            Response response = to_response(parser.release(), body_problem(body_failure));
            response.too_large = body_failure == beast::http::error::body_limit;
            decompress(response);
            if (!reusable)
                connection_.reset();
            co_return response;
        }
    }

    beast::http::request<beast::http::string_body> to_message(const Request& request) const {
        beast::http::request<beast::http::string_body> message;
        message.version(11);
        message.method_string(request.method);
        message.target(origin_.prefix + request.target);
        message.set(beast::http::field::host, origin_.authority());
        message.set(beast::http::field::user_agent, fmt::format("backfill-health/{}", version));
        message.set(beast::http::field::accept_encoding, "gzip");
        for (const Header& header : request.headers)
            message.set(header.name, header.value);
        message.body() = request.body;
        if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
            message.prepare_payload();
        return message;
    }

    Error timed_out() const {
        return {ErrorKind::timeout, fmt::format("{}: no answer in time", origin_.shown()), Remedy::raise_timeout};
    }

    Error no_answer(const error_code& failure, const Deadline& deadline) const {
        if (failure == beast::error::timeout || deadline.passed())
            return timed_out();
        if (failure.category() == beast::http::make_error_code(beast::http::error::bad_version).category() &&
            failure != beast::http::error::end_of_stream && failure != beast::http::error::partial_message)
            return {ErrorKind::bad_response,
                    fmt::format("{}: the answer is not HTTP: {}", origin_.shown(), failure.message()),
                    "check the port, and whether it wants https://"};
        return {ErrorKind::unreachable,
                fmt::format("{}: the connection ended before an answer: {}", origin_.shown(), failure.message()),
                "check the URL, and that the server runs; does it want https://?"};
    }

    static std::optional<Error> body_problem(const error_code& failure) {
        if (!failure)
            return std::nullopt;
        if (failure == beast::http::error::body_limit)
            return Error{ErrorKind::bad_response, "the answer is too large", ""};
        return Error{ErrorKind::bad_response, "the answer was cut off", ""};
    }

    Url origin_;
    asio::io_context context_{1};
    std::optional<ssl::context> tls_context_;
    bool verify_host_;
    std::unique_ptr<Connection> connection_;
    std::optional<Timestamp> certificate_expires_;
};

Result<std::unique_ptr<Client>> Client::make(Url origin, const TlsSettings& tls) {
    std::optional<ssl::context> context;
    if (origin.tls) { // reading the system's authorities takes megabytes
        auto made = make_tls_context(tls);
        if (!made)
            return made.error();
        context = *std::move(made);
    }
    return std::unique_ptr<Client>(
        new Client(std::make_unique<Impl>(std::move(origin), std::move(context), !tls.insecure)));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<Response> Client::exchange(const Request& request, const Deadline& deadline, Clock::duration connect_limit) {
    return impl_->exchange(request, deadline, connect_limit);
}

const Url& Client::origin() const {
    return impl_->origin();
}

std::optional<Timestamp> Client::certificate_expires() const {
    return impl_->certificate_expires();
}

} // namespace health::http
