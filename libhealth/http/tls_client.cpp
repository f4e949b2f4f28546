#include <http/tls_client.hpp>

#include <base/numbers.hpp>
#include <http/remedy.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <optional>

namespace health::http {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

constexpr std::size_t sha256_size = 32;
using Fingerprint = std::array<unsigned char, sha256_size>;

Error unreadable(std::string_view what, const std::string& file, const error_code& failure,
                 std::string_view remedy = remedy_for_pem) {
    return {ErrorKind::usage, fmt::format("cannot read {} from {}: {}", what, file, failure.message()),
            std::string(remedy)};
}

/// As Elasticsearch prints it when it starts, or as OpenSSL does, with colons.
std::optional<Fingerprint> parse_fingerprint(std::string_view text) {
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != ':'; });
    Fingerprint out{};
    if (digits.size() != 2 * out.size())
        return std::nullopt;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto byte = parse_number<unsigned char>(std::string_view(digits).substr(2 * i, 2), 16);
        if (!byte)
            return std::nullopt;
        out.at(i) = *byte;
    }
    return out;
}

bool has_fingerprint(const X509* certificate, const Fingerprint& wanted) {
    Fingerprint actual{};
    unsigned int size = 0;
    return X509_digest(certificate, EVP_sha256(), actual.data(), &size) == 1 && size == actual.size() &&
           actual == wanted;
}

/// OpenSSL's full verification, trusting only the certificate with that fingerprint.
int verify_with_pinned_certificate(X509_STORE_CTX* context, void* wanted) {
    const auto& fingerprint = *static_cast<const Fingerprint*>(wanted);
    const auto free_stack = [](STACK_OF(X509) * stack) { sk_X509_free(stack); };
    const std::unique_ptr<STACK_OF(X509), decltype(free_stack)> trusted(sk_X509_new_null(), free_stack);
    STACK_OF(X509)* chain = X509_STORE_CTX_get0_untrusted(context);
    for (int i = 0; i < sk_X509_num(chain); ++i)
        if (has_fingerprint(sk_X509_value(chain, i), fingerprint))
            sk_X509_push(trusted.get(), sk_X509_value(chain, i));
    X509_STORE_CTX_set0_trusted_stack(context, trusted.get());
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    return X509_verify_cert(context);
}

/// Where a context keeps the fingerprint that its callback refers to, as long as it lives.
int fingerprint_slot() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr,
                                                      [](void*, void* fingerprint, CRYPTO_EX_DATA*, int, long, void*) {
                                                          delete static_cast<Fingerprint*>(fingerprint);
                                                      });
    return index;
}

Result<void> load_trusted_authorities(ssl::context& context, const TlsSettings& settings) {
    error_code failure;
    if (!settings.ca_fingerprint.empty()) {
        const auto fingerprint = parse_fingerprint(settings.ca_fingerprint);
        if (!fingerprint)
            return Error{ErrorKind::usage, "the CA fingerprint is not a SHA-256 digest in hexadecimal",
                         "Elasticsearch prints it when it starts for the first time"};
        auto owned = std::make_unique<Fingerprint>(*fingerprint);
        SSL_CTX_set_cert_verify_callback(context.native_handle(), verify_with_pinned_certificate, owned.get());
        SSL_CTX_set_ex_data(context.native_handle(), fingerprint_slot(), owned.release());
    } else if (!settings.ca_file.empty()) {
        context.load_verify_file(settings.ca_file, failure);
        if (failure)
            return unreadable("certificate authorities", settings.ca_file, failure);
    } else {
        context.set_default_verify_paths(failure);
        if (failure)
            return unreadable("certificate authorities", "the system's store", failure);
    }
    return {};
}

Result<void> load_client_identity(ssl::context& context, const TlsSettings& settings) {
    error_code failure;
    if (settings.client_cert.empty() && settings.client_key.empty())
        return {};
    if (settings.client_cert.empty() || settings.client_key.empty())
        return Error{ErrorKind::usage, "a client certificate and its key go together",
                     Remedy::complete_client_identity};
    context.use_certificate_chain_file(settings.client_cert, failure);
    if (failure)
        return unreadable("the client certificate", settings.client_cert, failure);
    // Without this, OpenSSL would ask for the passphrase of an encrypted key on the terminal.
    context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
    context.use_private_key_file(settings.client_key, ssl::context::pem, failure);
    if (failure)
        return unreadable("the client key", settings.client_key, failure, remedy_for_key);
    return {};
}

} // namespace

Result<ssl::context> make_tls_context(const TlsSettings& settings) {
    ssl::context context(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(settings.insecure ? ssl::verify_none : ssl::verify_peer);
    if (const auto trusted = load_trusted_authorities(context, settings); !trusted)
        return trusted.error();
    if (const auto identified = load_client_identity(context, settings); !identified)
        return identified.error();
    return context;
}

bool set_expected_host(SSL* connection, const std::string& host, bool verify) {
    error_code not_numeric;
    const auto address = boost::asio::ip::make_address(host, not_numeric);
    if (not_numeric)
        SSL_set_tlsext_host_name(connection, host.c_str()); // RFC 6066: no IP address in SNI
    if (!verify)
        return true;
    X509_VERIFY_PARAM* rules = SSL_get0_param(connection);
    if (not_numeric)
        return !host.empty() && X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1;
    if (address.is_v6()) {
        const auto bytes = address.to_v6().to_bytes(); // without a zone
        return X509_VERIFY_PARAM_set1_ip(rules, bytes.data(), bytes.size()) == 1;
    }
    const auto bytes = address.to_v4().to_bytes();
    return X509_VERIFY_PARAM_set1_ip(rules, bytes.data(), bytes.size()) == 1;
}

bool is_host_mismatch(long verify_result) {
    return verify_result == X509_V_ERR_HOSTNAME_MISMATCH || verify_result == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

std::optional<Timestamp> expiry_of_certificate(SSL* connection) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(connection), X509_free);
    std::tm time{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1)
        return std::nullopt;
    return Timestamp(std::chrono::seconds(timegm(&time)));
}

} // namespace health::http
