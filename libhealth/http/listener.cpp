#include <http/listener.hpp>

#include <base/printable.hpp>
#include <http/listen_address.hpp>
#include <http/remedy.hpp>

#include <boost/asio/ip/v6_only.hpp>
#include <fmt/format.h>

namespace health::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

error_code listen_at(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    error_code failure;
    acceptor.open(endpoint.protocol(), failure);
    if (failure)
        return failure;
    acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    if (endpoint.address().is_v6())
        acceptor.set_option(asio::ip::v6_only(false), failure);
    acceptor.bind(endpoint, failure);
    if (!failure)
        acceptor.listen(asio::socket_base::max_listen_connections, failure);
    return failure;
}

error_code listen_at(tcp::acceptor& acceptor, const ListenAddress& address) {
    if (address.host.empty()) {
        const error_code failure = listen_at(acceptor, {tcp::v6(), address.port});
        return failure == boost::system::errc::address_family_not_supported
                   ? listen_at(acceptor, {tcp::v4(), address.port})
                   : failure;
    }
    error_code failure;
    tcp::resolver resolver(acceptor.get_executor());
    const auto found = resolver.resolve(address.host, "", tcp::resolver::passive, failure);
    return failure ? failure : listen_at(acceptor, {found.begin()->endpoint().address(), address.port});
}

std::string to_string(const tcp::endpoint& endpoint) {
    return endpoint.address().is_v6() ? fmt::format("[{}]:{}", endpoint.address().to_string(), endpoint.port())
                                      : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

} // namespace

Result<std::string> listen(tcp::acceptor& acceptor, std::string_view address) {
    const auto parsed = parse_listen_address(address);
    if (!parsed)
        return parsed.error();
    if (const error_code failure = listen_at(acceptor, *parsed))
        return Error{ErrorKind::rejected,
                     fmt::format("cannot listen on {}: {}", printable(address, 80), failure.message()),
                     Remedy::choose_listen_address};
    return to_string(acceptor.local_endpoint());
}

} // namespace health::http
