#pragma once

#include <string>

namespace health {

struct TlsSettings {
    std::string ca_file;        ///< PEM; empty: the system's authorities
    std::string ca_fingerprint; ///< SHA-256 of a certificate of the server's chain, which is then trusted; hexadecimal
    std::string client_cert;    ///< PEM, with its chain
    std::string client_key;     ///< PEM
    bool insecure = false;
};

} // namespace health
