#include <http/tls_server.hpp>

#include <http/remedy.hpp>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace health::http {

namespace {

std::string reason() {
    const char* text = ERR_reason_error_string(ERR_peek_last_error());
    return text == nullptr ? "it is not usable" : text;
}

Error unusable(std::string_view what, const std::string& file, std::string_view remedy = remedy_for_pem) {
    return {ErrorKind::usage, fmt::format("cannot use {} {}: {}", what, file, reason()), std::string(remedy)};
}

int to_openssl(TlsVersion version) {
    return version == TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

/// Without this, OpenSSL would ask for the passphrase of an encrypted key on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
    return 0;
}

int accept_any(int /*verified*/, X509_STORE_CTX* /*chain*/) {
    return 1;
}

Result<void> load_identity(SSL_CTX* context, const TlsServerSettings& settings) {
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, settings.cert_file.c_str()) != 1)
        return unusable("the certificate", settings.cert_file);
    if (SSL_CTX_use_PrivateKey_file(context, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return unusable("the key", settings.key_file, remedy_for_key);
    return {};
}

Result<void> configure_client_auth(SSL_CTX* context, const TlsServerSettings& settings) {
    const bool required =
        settings.client_auth == ClientAuth::require_any || settings.client_auth == ClientAuth::require_and_verify;
    const bool verified =
        settings.client_auth == ClientAuth::verify_if_given || settings.client_auth == ClientAuth::require_and_verify;
    if (settings.client_auth == ClientAuth::none)
        return {};
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       verified ? nullptr : accept_any);
    if (settings.client_ca_file.empty()) {
        SSL_CTX_set_default_verify_paths(context);
        return {};
    }
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(settings.client_ca_file.c_str());
    if (names == nullptr || SSL_CTX_load_verify_file(context, settings.client_ca_file.c_str()) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return unusable("the client authorities", settings.client_ca_file);
    }
    SSL_CTX_set_client_CA_list(context, names);
    return {};
}

} // namespace

Result<TlsServerContext> make_tls_server_context(const TlsServerSettings& settings) {
    ERR_clear_error();
    TlsServerContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX* raw = context.get();
    SSL_CTX_set_min_proto_version(raw, to_openssl(settings.min_version));
    SSL_CTX_set_max_proto_version(raw, to_openssl(settings.max_version));
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION);
    if (settings.prefer_own_ciphers)
        SSL_CTX_set_options(raw, SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Idle connections keep no buffers, and only the clients keep sessions.
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    constexpr unsigned char session_context[] = "backfill-health";
    SSL_CTX_set_session_id_context(raw, session_context, sizeof session_context);
    if (!settings.ciphers.empty() && SSL_CTX_set_cipher_list(raw, settings.ciphers.c_str()) != 1)
        return Error{ErrorKind::usage, fmt::format("OpenSSL supports none of {}", settings.ciphers), ""};
    if (!settings.groups.empty() && SSL_CTX_set1_groups_list(raw, settings.groups.c_str()) != 1)
        return Error{ErrorKind::usage, fmt::format("OpenSSL supports none of {}", settings.groups), ""};
    if (const auto identified = load_identity(raw, settings); !identified)
        return identified.error();
    if (const auto asked = configure_client_auth(raw, settings); !asked)
        return asked.error();
    return context;
}

} // namespace health::http
