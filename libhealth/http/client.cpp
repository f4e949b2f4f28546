#include <http/client.hpp>

#include <base/gzip.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <base/version.hpp>
#include <http/awaitable.hpp>
#include <http/message_parser.hpp>
#include <http/remedy.hpp>
#include <http/resolve.hpp>
#include <http/stream.hpp>
#include <http/tls_client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <array>
#include <optional>

namespace health::http {

namespace asio = boost::asio;
using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t read_size = 16384;
constexpr std::uint64_t body_limit = 4ULL << 20U;
constexpr std::uint32_t head_limit = 64U << 10U;

std::string request_head(const Url& origin, const Request& request) {
    std::string out = fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: backfill-health/{}\r\n"
                                  "Accept-Encoding: gzip\r\n",
                                  request.method, origin.prefix, request.target, origin.authority(), version);
    for (const Header& header : request.headers)
        out += fmt::format("{}: {}\r\n", header.name, header.value);
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
        out += fmt::format("Content-Length: {}\r\n", request.body.size());
    return out + "\r\n";
}

void decompress(Response& response) {
    const std::string_view coding = trim(response.header("Content-Encoding"));
    if (response.body_problem || coding.empty() || iequals(coding, "identity"))
        return;
    if (!iequals(coding, "gzip")) {
        response.body_problem =
            Error{ErrorKind::bad_response,
                  fmt::format("the answer is encoded as {}, which was not requested", printable(coding, 40)), ""};
        return;
    }
    auto body = gunzip(response.body, body_limit);
    response.too_large = body && body->size() > body_limit;
    if (!body)
        response.body_problem = body.error();
    else if (response.too_large)
        response.body_problem = Error{ErrorKind::bad_response, "the decompressed answer is too large", ""};
    else
        response.body = *std::move(body);
}

} // namespace

class Client::Impl {
public:
    Impl(Url origin, std::optional<asio::ssl::context> tls, bool verify_host)
        : origin_(std::move(origin)), tls_(std::move(tls)), verify_host_(verify_host) {}

    [[nodiscard]] const Url& origin() const { return origin_; }
    [[nodiscard]] std::optional<Timestamp> certificate_expires() const { return certificate_expires_; }

    Result<Response> exchange(const Request& request, const Deadline& deadline, Clock::duration connect_limit) {
        if (stream_) {
            // A server may close an idle connection at any time, so a request without an answer is sent again on a new
            // one.
            auto answer = run(round_trip(request, deadline), deadline);
            if (answer || answer.error().kind != ErrorKind::unreachable)
                return answer;
        }
        const Deadline connect_deadline{.at = std::min(deadline.at, Clock::now() + connect_limit),
                                        .stop = deadline.stop};
        if (auto connected = connect(connect_deadline, deadline); !connected)
            return connected.error();
        return run(round_trip(request, deadline), deadline);
    }

private:
    /// Runs one coroutine to its end. At the deadline, or when a stop is requested, the connection is closed, which
    /// makes pending operations fail.
    template <class T>
    Result<T> run(asio::awaitable<Result<T>> work, const Deadline& deadline) {
        const auto close = [this] {
            if (stream_)
                stream_->close();
        };
        std::optional<Result<T>> result;
        context_.restart();
        expired_ = false;
        asio::steady_timer timer(context_, deadline.at);
        timer.async_wait([&](const error_code& cancelled) {
            expired_ = !cancelled;
            if (!cancelled)
                close();
        });
        asio::co_spawn(context_, std::move(work), [&](const std::exception_ptr& failure, Result<T> value) {
            if (failure)
                std::rethrow_exception(failure);
            result = std::move(value);
            timer.cancel();
        });
        const std::stop_callback stopping(deadline.stop, [&] { asio::post(context_, close); });
        context_.run();
        if (!*result)
            stream_.reset();
        return *std::move(result);
    }

    Result<void> connect(const Deadline& connect_deadline, const Deadline& deadline) {
        auto endpoints = resolve(origin_.host, origin_.port, connect_deadline);
        if (!endpoints) {
            Error error = with_context(origin_.shown(), endpoints.error());
            if (error.kind == ErrorKind::timeout)
                error.kind = kind_of_timeout(deadline);
            return error;
        }
        received_.clear();
        stream_.emplace(tcp::socket(context_));
        return run(open(*std::move(endpoints), deadline), connect_deadline);
    }

    asio::awaitable<Result<void>> open(std::vector<tcp::endpoint> endpoints, Deadline deadline) {
        error_code failure = asio::error::host_not_found;
        for (const tcp::endpoint& endpoint : endpoints) {
            error_code ignored;
            stream_->socket().close(ignored);
            const auto [refused] = co_await stream_->socket().async_connect(endpoint, use_tuple);
            failure = refused;
            if (!failure || expired_ || deadline.stop.stop_requested())
                break;
        }
        if (failure)
            co_return connect_error(failure, deadline);
        stream_->set_options();
        if (!tls_)
            co_return Result<void>{};
        TlsStream& tls = stream_->start_tls(tls_->native_handle());
        if (!set_expected_host(tls.native_handle(), origin_.host, verify_host_))
            co_return tls_error(asio::error::invalid_argument, X509_V_ERR_HOSTNAME_MISMATCH);
        const error_code unsafe = co_await tls.connect();
        certificate_expires_ = expiry_of_certificate(tls.native_handle());
        if (!unsafe)
            co_return Result<void>{};
        if (expired_ || deadline.stop.stop_requested())
            co_return connect_error(unsafe, deadline);
        co_return tls_error(unsafe, SSL_get_verify_result(tls.native_handle()));
    }

    /// Of the time to connect. When only this node is slow, there is time left to try another one.
    static ErrorKind kind_of_timeout(const Deadline& deadline) {
        return deadline.passed() ? ErrorKind::timeout : ErrorKind::unreachable;
    }

    Error connect_error(const error_code& failure, const Deadline& deadline) const {
        if (expired_ || deadline.stop.stop_requested()) {
            return {kind_of_timeout(deadline), fmt::format("{}: timed out while connecting", origin_.shown()),
                    Remedy::check_network_or_raise_timeout};
        }
        return {ErrorKind::unreachable, fmt::format("{}: {}", origin_.shown(), failure.message()),
                "check the URL, and that the server is running"};
    }

    Error tls_error(const error_code& failure, long verify_result) const {
        if (verify_result != X509_V_OK) {
            const Hint another_host = "use the host name that the certificate is for";
            return {ErrorKind::unreachable,
                    fmt::format("{}: its certificate is not trusted: {}", origin_.shown(),
                                X509_verify_cert_error_string(verify_result)),
                    is_host_mismatch(verify_result) ? another_host : Hint(Remedy::trust_authority)};
        }
        return {ErrorKind::unreachable, fmt::format("{}: TLS handshake failed: {}", origin_.shown(), failure.message()),
                "is it an http:// address?"};
    }

    asio::awaitable<Result<Response>> round_trip(const Request& request, Deadline deadline) {
        const std::string head = request_head(origin_, request);
        if (const error_code failure = co_await stream_->write(head, request.body))
            co_return no_answer(failure, deadline);
        for (;;) {
            ResponseParser parser(
                {.without_body = request.method == "HEAD", .head_limit = head_limit, .body_limit = body_limit});
            const error_code failure = co_await receive(parser);
            if (failure && !parser.has_head())
                co_return no_answer(failure, deadline);
            if (expired_ || deadline.passed())
                co_return timed_out();
            if (!failure && parser.status() / 100 == 1)
                continue;
            const bool reusable = !failure && parser.keep_alive() && received_.empty();
            Response response = parser.release(failure);
            decompress(response);
            if (!reusable)
                stream_.reset();
            co_return response;
        }
    }

    /// Receives a whole message, or returns why it is incomplete.
    asio::awaitable<error_code> receive(ResponseParser& parser) {
        std::array<char, read_size> chunk; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the read
        for (;;) {
            if (const error_code failure = parser.put(received_))
                co_return failure;
            if (parser.is_done())
                co_return error_code();
            const Received received = co_await stream_->read_some(asio::buffer(chunk));
            if (received.failure == asio::error::eof)
                co_return parser.end();
            if (received.failure)
                co_return received.failure;
            received_.append(chunk.data(), received.size);
        }
    }

    Error timed_out() const {
        return {ErrorKind::timeout, fmt::format("{}: no answer in time", origin_.shown()), Remedy::raise_timeout};
    }

    Error no_answer(const error_code& failure, const Deadline& deadline) const {
        if (expired_ || deadline.passed())
            return timed_out();
        if (is_not_http(failure))
            return {ErrorKind::bad_response,
                    fmt::format("{}: the answer is not HTTP: {}", origin_.shown(), failure.message()),
                    "check the port, and whether it expects https://"};
        return {ErrorKind::unreachable,
                fmt::format("{}: the connection was closed before an answer arrived: {}", origin_.shown(),
                            failure.message()),
                "check the URL, and that the server is running; does it expect https://?"};
    }

    Url origin_;
    asio::io_context context_{1};
    std::optional<asio::ssl::context> tls_;
    bool verify_host_;
    std::optional<Stream> stream_; ///< kept between requests
    std::string received_;         ///< but not yet parsed
    bool expired_ = false;         ///< the deadline of the current operation has passed
    std::optional<Timestamp> certificate_expires_;
};

Result<std::unique_ptr<Client>> Client::make(Url origin, const TlsSettings& settings) {
    std::optional<asio::ssl::context> tls;
    if (origin.tls) { // the system's authorities take megabytes of memory
        auto made = make_tls_context(settings);
        if (!made)
            return made.error();
        tls = *std::move(made);
    }
    return std::unique_ptr<Client>(
        new Client(std::make_unique<Impl>(std::move(origin), std::move(tls), !settings.insecure)));
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
