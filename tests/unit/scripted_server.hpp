#pragma once

#include "patience.hpp"

#include <base/deadline.hpp>
#include <base/files.hpp>
#include <base/url.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <utility>
#include <vector>

namespace test {

/// The bytes of an answer; `headers` are lines with their ends.
inline std::string http_answer(const std::string& status, const std::string& body = "",
                               const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
           body;
}

/// A server of one connection after another, each of which answers one request after another with these bytes; it is
/// closed behind them.
class ScriptedServer {
public:
    using Connections = std::vector<std::vector<std::string>>;

    explicit ScriptedServer(Connections connections) : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(listening_.get(), raw, size) == 0);
        REQUIRE(::listen(listening_.get(), 8) == 0);
        REQUIRE(::getsockname(listening_.get(), raw, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this, connections = std::move(connections)](const std::stop_token& stop) {
            for (const auto& answers : connections) {
                const health::Descriptor connection(
                    readable(listening_, stop) ? ::accept(listening_.get(), nullptr, nullptr) : -1);
                for (const std::string& answer : answers) {
                    requests_.push_back(read_request(connection, stop));
                    health::write_all(connection.get(), answer);
                }
            }
        });
    }

    [[nodiscard]] health::Url url(const std::string& prefix = "") const {
        return *health::parse_url("http://127.0.0.1:" + std::to_string(port_) + prefix);
    }

    /// All that came, once all was answered, or nothing came any more.
    std::vector<std::string> requests() {
        thread_.request_stop();
        thread_.join();
        return requests_;
    }

private:
    static bool readable(const health::Descriptor& descriptor, const std::stop_token& stop) {
        for (const auto end = health::Clock::now() + patience; health::Clock::now() < end && !stop.stop_requested();) {
            pollfd one{.fd = descriptor.get(), .events = POLLIN, .revents = 0};
            if (::poll(&one, 1, 10) == 1)
                return true;
        }
        return false;
    }

    /// The head, and as much behind it as it says.
    static std::string read_request(const health::Descriptor& connection, const std::stop_token& stop) {
        std::string out;
        while (!is_complete(out) && readable(connection, stop)) {
            std::array<char, 4096> chunk{};
            const ssize_t size = ::recv(connection.get(), chunk.data(), chunk.size(), 0);
            if (size <= 0)
                break;
            out.append(chunk.data(), static_cast<std::size_t>(size));
        }
        return out;
    }

    static bool is_complete(const std::string& request) {
        const std::string length = "\r\nContent-Length: ";
        const auto end = request.find("\r\n\r\n");
        if (end == std::string::npos)
            return false;
        const auto field = request.find(length);
        const std::size_t body = field < end ? std::stoul(request.substr(field + length.size())) : 0;
        return request.size() >= end + 4 + body;
    }

    health::Descriptor listening_;
    std::uint16_t port_ = 0;
    std::vector<std::string> requests_;
    std::jthread thread_;
};

} // namespace test
