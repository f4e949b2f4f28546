#include <cli/connection.hpp>

#include <cli/credentials.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/tls.hpp>

#include <algorithm>
#include <ranges>

namespace cli {

using health::Url;

namespace {

/// In a list that was split at a comma which belongs to a user name or password.
bool is_end_of_credentials(const std::string& part) {
    return part.find('@') != std::string::npos && part.find("://") == std::string::npos;
}

std::vector<Url> read_urls(Settings& settings, const ServiceOptions& service) {
    std::vector<Url> out;
    const auto parts = settings.list(service.url);
    // A part that precedes one with an @ may be half of a password, and must not be shown.
    if (std::ranges::any_of(parts | std::views::drop(1), is_end_of_credentials)) {
        settings.fail(service.url, "a comma in a user name or password must be written as %2C");
        return out;
    }
    for (const std::string& part : parts) {
        auto url = health::parse_url(part);
        if (url)
            out.push_back(*std::move(url));
        else
            settings.fail(service.url, url.error().message,
                          &service.url == &options::es_url ? health::Hint(hints::write_store_url) : url.error().hint);
    }
    return out;
}

} // namespace

health::RemoteSettings read_remote(Settings& settings, const ServiceOptions& service) {
    constexpr std::uint64_t max_retries = 100;
    health::RemoteSettings out;
    out.nodes = read_urls(settings, service);
    out.credentials = read_credentials(settings, service, out.nodes);
    out.reread_credentials = [settings, &service, nodes = out.nodes]() -> Result<health::Credentials> {
        Settings again = settings;
        auto credentials = read_credentials(again, service, nodes);
        if (again.failed())
            return *again.error();
        return credentials;
    };
    for (Url& node : out.nodes)
        node.username = node.password = {};
    out.tls = read_tls(settings, service);
    out.retries = static_cast<int>(settings.whole_number(options::retries, 0, max_retries));
    return out;
}

std::chrono::milliseconds read_timeout(Settings& settings) {
    return settings.duration(options::timeout, std::chrono::milliseconds(1));
}

} // namespace cli
