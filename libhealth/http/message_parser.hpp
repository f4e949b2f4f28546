#pragma once

#include <http/head.hpp>
#include <http/message.hpp>

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

/// What Boost.Beast parses: answers, and the bodies of requests. Bytes go in as they come, and are taken from the front
/// of what is handed over; what is left behind a whole message is not of it.
namespace health::http {

class ResponseParser {
public:
    struct Options {
        bool without_body = false; ///< the answer to a HEAD
        std::uint32_t head_limit;
        std::uint64_t body_limit;
    };

    explicit ResponseParser(const Options& options);
    ~ResponseParser();

    /// That bytes are missing is no failure.
    boost::system::error_code put(std::string& bytes);
    /// The connection has ended: a failure, unless that is how the body ends.
    boost::system::error_code end();

    [[nodiscard]] bool has_head() const;
    [[nodiscard]] bool is_done() const;
    [[nodiscard]] int status() const;      ///< once there is a head
    [[nodiscard]] bool keep_alive() const; ///< likewise

    /// The response; `failure` is what kept its body from being whole.
    Response release(const boost::system::error_code& failure);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Whether the failure says that this is no HTTP at all, and not that it ended early.
bool is_not_http(const boost::system::error_code& failure);

/// Of a request whose head was checked; it is parsed again, for its framing.
class RequestBodyParser {
public:
    RequestBodyParser(std::size_t head_limit, std::size_t body_limit);
    ~RequestBodyParser();

    std::optional<Refusal> put(std::string& bytes);
    [[nodiscard]] bool is_done() const;
    std::string release();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

inline constexpr Refusal body_too_large{413, "the body is too large"};

} // namespace health::http
