#pragma once

#include <string>

namespace health {

struct TlsSettings {
    std::string ca_file;        ///< PEM; empty: the system's authorities
    std::string ca_fingerprint; ///< SHA-256, in hexadecimal, of a certificate in the server's chain, to be trusted
    std::string client_cert;    ///< PEM, with its chain
    std::string client_key;     ///< PEM
    bool insecure = false;
};

} // namespace health
