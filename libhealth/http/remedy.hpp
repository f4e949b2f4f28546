#pragma once

#include <string_view>

namespace health::http {

constexpr std::string_view remedy_for_pem = "it must be a PEM file";
constexpr std::string_view remedy_for_key = "it must be the certificate's key, as a PEM file without a passphrase";

/// What would help, as a fact: see base/hint.hpp.
enum class Remedy {
    raise_timeout,
    check_network_or_raise_timeout,
    trust_authority,          ///< that signed the server's certificate
    complete_client_identity, ///< certificate and key go together
    choose_listen_address,
};

} // namespace health::http
