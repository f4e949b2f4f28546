#pragma once

#include "temporary_folder.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace test {

/// A certificate that signs itself, and its key: valid for these names ("DNS:localhost,IP:127.0.0.1") and a day.
class Certificate {
public:
    explicit Certificate(const std::string& names)
        : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
        X509* raw = certificate_.get();
        REQUIRE(key_ != nullptr);
        X509_set_version(raw, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(raw), 1);
        X509_gmtime_adj(X509_getm_notBefore(raw), -60);
        X509_gmtime_adj(X509_getm_notAfter(raw), 24 * 3600);
        X509_set_pubkey(raw, key_.get());
        const auto* name = reinterpret_cast<const unsigned char*>("a test");
        X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC, name, -1, -1, 0);
        X509_set_issuer_name(raw, X509_get_subject_name(raw));
        X509_EXTENSION* alternatives = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
        REQUIRE(alternatives != nullptr);
        X509_add_ext(raw, alternatives, -1);
        X509_EXTENSION_free(alternatives);
        REQUIRE(X509_sign(raw, key_.get(), EVP_sha256()) != 0);
        write(certificate_file(), [raw](FILE* file) { return PEM_write_X509(file, raw); });
        write(key_file(), [this](FILE* file) {
            return PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

    [[nodiscard]] std::string certificate_file() const { return folder_.path() / "certificate.pem"; }
    [[nodiscard]] std::string key_file() const { return folder_.path() / "key.pem"; }

    /// SHA-256, in hexadecimal.
    [[nodiscard]] std::string fingerprint() const {
        std::array<unsigned char, 32> digest{};
        REQUIRE(X509_digest(certificate_.get(), EVP_sha256(), digest.data(), nullptr) == 1);
        std::string out;
        for (const unsigned char byte : digest)
            for (const unsigned digit : {byte / 16U, byte % 16U})
                out += "0123456789abcdef"[digit];
        return out;
    }

private:
    static void write(const std::string& name, const auto& content) {
        FILE* file = std::fopen(name.c_str(), "wb");
        REQUIRE(file != nullptr);
        CHECK(content(file) == 1);
        std::fclose(file);
    }

    health::tests::TemporaryFolder folder_;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

} // namespace test
