#include "child.hpp"
#include "temporary_folder.hpp"

#include <base/log.hpp>
#include <web/config_file.hpp>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <support.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace health;
using web::ConfigFile;
namespace fs = std::filesystem;

namespace {

// Of "U*U", as John the Ripper's and libxcrypt's test vectors have it.
const std::string hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
const std::string alice = "basic_auth_users: {alice: " + hash + "}\n";
const std::string bob = "basic_auth_users: {bob: " + hash + "}\n";
const std::string tls = "tls_server_config: {cert_file: a.crt, key_file: a.key}\n";
const std::string tls_for_known_clients =
    "tls_server_config: {cert_file: a.crt, key_file: a.key, client_ca_file: a.crt, "
    "client_auth_type: RequireAndVerifyClientCert}\n";

/// A folder with a certificate and its key, and a configuration.
class Web {
public:
    explicit Web(const std::string& config) {
        write(config);
        log::configure(log::Level::error, log::Format::logfmt);
    }

    void write(const std::string& config) const { std::ofstream(path()) << config; }
    [[nodiscard]] fs::path path() const { return folder_.path() / "web.yml"; }

    void make_certificate() const {
        using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
        using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
        using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;
        const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
        const Certificate certificate(X509_new(), &X509_free);
        X509_set_pubkey(certificate.get(), key.get());
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
        REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);
        const auto open = [&](const char* name) {
            return File(std::fopen((folder_.path() / name).c_str(), "w"), &std::fclose);
        };
        REQUIRE(PEM_write_X509(open("a.crt").get(), certificate.get()) == 1);
        REQUIRE(PEM_write_PrivateKey(open("a.key").get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    }

    [[nodiscard]] ConfigFile open() const {
        auto opened = ConfigFile::open(path(), test::sentence);
        if (!opened)
            FAIL(one_line(opened.error(), test::sentence));
        return *std::move(opened);
    }

private:
    tests::TemporaryFolder folder_;
};

std::string error(const fs::path& path) {
    const auto opened = ConfigFile::open(path, test::sentence);
    REQUIRE(opened.has_error());
    CHECK(opened.error().kind == ErrorKind::usage);
    return opened.error().message;
}

/// What is in force after the file became this, by the only user's name; what the log says stands in `said`.
std::string user_after(const Web& web, const std::string& config, std::string* said = nullptr) {
    std::string out;
    const auto ended = test::in_child([&] {
        ConfigFile file = web.open();
        web.write(config);
        file.reload();
        const auto& users = file.current()->config.users;
        out = users.empty() ? "nobody" : users.begin()->first;
        return ::write(STDOUT_FILENO, out.data(), out.size()) < 0 ? 1 : 0;
    });
    CHECK(ended.status == 0);
    if (said != nullptr)
        *said = ended.err;
    return ended.out;
}

} // namespace

TEST_CASE("what is in force is what the file says") {
    const Web web(alice);
    ConfigFile file = web.open();
    CHECK(file.current()->config.users.contains("alice"));
    CHECK(file.current()->tls == nullptr);
    CHECK(file.current() == file.current());
    const Web empty("");
    CHECK(empty.open().current()->config.users.empty());
}

TEST_CASE("a file that cannot be read is wrong usage, and nobody waits for a writer") {
    const tests::TemporaryFolder folder;
    CHECK(error(folder.path() / "missing.yml") == "cannot read the web configuration " +
                                                      (folder.path() / "missing.yml").string() +
                                                      ": No such file or directory");
    CHECK(error(folder.path()).ends_with("not a regular file"));
    const fs::path pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(error(pipe).ends_with("not a regular file"));
    const Web wrong("basic_auth_users: [alice]\n");
    CHECK(error(wrong.path()).find("web.yml, line 1: ") != std::string::npos);
}

TEST_CASE("a certificate that is missing or broken is named") {
    const Web web(tls);
    CHECK(error(web.path()).find("a.crt") != std::string::npos);
    web.make_certificate();
    CHECK(web.open().current()->tls != nullptr);
    std::ofstream(web.path().parent_path() / "a.key") << "not a key\n";
    CHECK(error(web.path()).find("a.key") != std::string::npos);
}

TEST_CASE("a change is taken over on a reload, and said") {
    const Web web(alice);
    CHECK(user_after(web, bob) == "bob");
    ConfigFile file = web.open();
    const auto before = file.current();
    web.write(alice);
    file.reload();
    CHECK(file.current()->config.users.contains("alice"));
    CHECK(before->config.users.contains("bob")); // a request that is under way keeps its own
}

TEST_CASE("a writer may not have finished: what has just changed is not read by itself") {
    const Web web(alice);
    ConfigFile file = web.open();
    web.write(bob);
    CHECK(file.current()->config.users.contains("alice"));
}

TEST_CASE("an invalid file leaves the old one in force, and the log says why") {
    std::string said;
    CHECK(user_after(Web(alice), "basic_auth_users: {bob: plain}\n", &said) == "alice");
    CHECK(said.find("keeping the old one") != std::string::npos);
    CHECK(said.find("not a bcrypt hash") != std::string::npos);
    CHECK(user_after(Web(alice), alice + "\t\n: [", &said) == "alice");
    CHECK(said.find("keeping the old one") != std::string::npos);
}

TEST_CASE("a file that has become empty does not open the doors") {
    std::string said;
    CHECK(user_after(Web(alice), "", &said) == "alice");
    CHECK(said.find("it would turn off basic authentication") != std::string::npos);
}

TEST_CASE("a reload turns off neither TLS nor the verification of clients") {
    const Web web(tls_for_known_clients + alice);
    web.make_certificate();
    std::string said;
    CHECK(user_after(web, bob, &said) == "alice");
    CHECK(said.find("it would turn off TLS") != std::string::npos);
    web.write(tls_for_known_clients + alice);
    CHECK(user_after(web, tls + bob, &said) == "alice");
    CHECK(said.find("it would turn off the verification of clients") != std::string::npos);
    web.write(tls + alice);
    CHECK(user_after(web, tls_for_known_clients + bob, &said) == "bob"); // more protection is welcome
}
