#include <http/resolve.hpp>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <system_error>
#include <thread>

namespace health::http {

using boost::asio::ip::tcp;

namespace {

using Endpoints = std::vector<tcp::endpoint>;

Result<Endpoints> look_up(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &found); failure != 0)
        return Error{ErrorKind::unreachable,
                     fmt::format("the host name {} does not resolve: {}", host, gai_strerror(failure)),
                     "check the name in the URL"};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> guard(found, freeaddrinfo);
    Endpoints endpoints;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        tcp::endpoint endpoint;
        if (one->ai_addrlen > endpoint.capacity())
            continue;
        std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
        endpoint.resize(one->ai_addrlen);
        endpoint.port(port);
        endpoints.push_back(endpoint);
    }
    return endpoints;
}

/// Shared with the lookup's thread, which may outlive the wait for it.
struct Lookup {
    std::mutex mutex;
    std::condition_variable_any done;
    std::optional<Result<Endpoints>> result;
};

} // namespace

Result<Endpoints> resolve(const std::string& host, std::uint16_t port, const Deadline& deadline) {
    boost::system::error_code not_numeric;
    if (const auto address = boost::asio::ip::make_address(host, not_numeric); !not_numeric)
        return Endpoints{{address, port}};

    auto shared = std::make_shared<Lookup>();
    try {
        std::thread([shared, host, port] {
            auto result = look_up(host, port);
            const std::lock_guard lock(shared->mutex);
            shared->result = std::move(result);
            shared->done.notify_all();
        }).detach();
    } catch (const std::system_error& failure) {
        return Error{
            ErrorKind::unreachable,
            fmt::format("cannot start a thread to look up the host name {}: {}", host, failure.code().message()),
            "check the limit on processes (ulimit -u)"};
    }
    std::unique_lock lock(shared->mutex);
    shared->done.wait_until(lock, deadline.stop, deadline.at, [&] { return shared->result.has_value(); });
    if (!shared->result)
        return Error{ErrorKind::timeout, fmt::format("the host name {} did not resolve in time", host),
                     "check the name in the URL, and the name server"};
    return *std::move(shared->result);
}

} // namespace health::http
