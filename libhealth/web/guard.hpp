#pragma once

#include <http/server.hpp>
#include <web/config_file.hpp>
#include <web/password_checks.hpp>

#include <array>
#include <set>

namespace health::web {

/// Wraps a handler: requires a user name and password if the configuration has users, and adds its headers. For use on
/// one thread.
class Guard {
public:
    /// Requests for which `open` returns true need no password.
    Guard(ConfigFile& file, std::function<bool(const http::Head&)> open, http::Handler next);

    http::Outcome operator()(const http::ServerRequest& request);
    void stop() { checks_.stop(); }

private:
    using Key = std::array<unsigned char, 32>;

    http::Outcome authenticate(const http::ServerRequest& request, const Config& config);
    [[nodiscard]] Key digest(std::string_view user, std::string_view password, std::string_view hash) const;

    ConfigFile& file_;
    std::function<bool(const http::Head&)> open_;
    http::Handler next_;
    PasswordChecks checks_;
    Key salt_{};
    std::set<Key> verified_; ///< credentials that have been checked before
};

} // namespace health::web
