#pragma once

#include <http/head.hpp>
#include <http/message.hpp>

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

/// What Boost.Beast parses: answers, and the bodies of requests. Parsed bytes are removed from the front of the buffer;
/// what is left after a whole message does not belong to it.
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

    /// Missing bytes are not a failure.
    boost::system::error_code put(std::string& bytes);
    /// To be called when the connection has ended: a failure, unless that is how the body ends.
    boost::system::error_code end();

    [[nodiscard]] bool has_head() const;
    [[nodiscard]] bool is_done() const;
    [[nodiscard]] int status() const;      ///< once there is a head
    [[nodiscard]] bool keep_alive() const; ///< likewise

    /// The response; `failure` is why its body is incomplete, if it is.
    Response release(const boost::system::error_code& failure);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Whether the failure means that this is not HTTP at all, and not that it ended early.
bool is_not_http(const boost::system::error_code& failure);

/// For a request whose head has been checked; the head is parsed again, for the framing.
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
