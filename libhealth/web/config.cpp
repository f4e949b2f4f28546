#include <web/config.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>
#include <web/bcrypt.hpp>
#include <web/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <ranges>
#include <utility>
#include <yaml-cpp/yaml.h>

namespace health::web {

namespace {

template <class Value, std::size_t size>
using Table = std::array<std::pair<std::string_view, Value>, size>;

/// Go's names for the cipher suites that it considers secure. Those of TLS 1.3 may be listed, but not chosen.
constexpr Table<std::string_view, 13> cipher_suites{{
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
    {"TLS_AES_128_GCM_SHA256", ""},
    {"TLS_AES_256_GCM_SHA384", ""},
    {"TLS_CHACHA20_POLY1305_SHA256", ""},
}};

constexpr Table<std::string_view, 4> curves{
    {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};

constexpr Table<http::TlsVersion, 2> versions{{{"TLS12", http::TlsVersion::tls12}, {"TLS13", http::TlsVersion::tls13}}};

constexpr Table<http::ClientAuth, 6> client_auths{{
    {"NoClientCert", http::ClientAuth::none},
    {"RequestClientCert", http::ClientAuth::request},
    {"RequireAnyClientCert", http::ClientAuth::require_any},
    {"VerifyClientCertIfGiven", http::ClientAuth::verify_if_given},
    {"RequireAndVerifyClientCert", http::ClientAuth::require_and_verify},
    {"RequireClientCert", http::ClientAuth::require_any}, // an older name
}};

/// The values that a header may have; any where none are listed.
constexpr Table<std::string_view, 5> header_values{{{"Strict-Transport-Security", ""},
                                                    {"X-Content-Type-Options", "nosniff"},
                                                    {"X-Frame-Options", "deny, sameorigin"},
                                                    {"X-XSS-Protection", ""},
                                                    {"Content-Security-Policy", ""}}};

/// The parts of the format that we do not support, and what to do instead.
constexpr Table<std::string_view, 5> unsupported{
    {{"cert", "put it into a file, and name it in cert_file"},
     {"key", "put it into a file, and name it in key_file"},
     {"client_ca", "put it into a file, and name it in client_ca_file"},
     {"client_allowed_sans", "remove it; every client with a certificate from client_ca_file is let in"},
     {"rate_limit", "remove it"}}};

template <class Value, std::size_t size>
const Value* find(const Table<Value, size>& table, std::string_view name) {
    const auto found = std::ranges::find(table, name, &std::pair<std::string_view, Value>::first);
    return found == table.end() ? nullptr : &found->second;
}

template <class Value, std::size_t size>
std::string names(const Table<Value, size>& table) {
    return join(table | std::views::keys, ", ");
}

/// A problem in the file, which may be deep in the tree. Thrown only within this room.
struct Problem {
    YAML::Mark mark;
    std::string message;
    Hint hint;
};

[[noreturn]] void fail(const YAML::Node& node, std::string message, Hint hint) {
    throw Problem{node.Mark(), std::move(message), std::move(hint)};
}

std::string scalar(const YAML::Node& node, std::string_view key) {
    if (node.IsNull())
        return "";
    if (!node.IsScalar())
        fail(node, fmt::format("{} must be a single value", key), "write it as key: value");
    return node.Scalar();
}

/// Prometheus reads such files as YAML 1.1, where `yes` is a Boolean, and so does yaml-cpp; our own are YAML 1.2.
bool boolean(const YAML::Node& node, std::string_view key) {
    bool out = false;
    if (!YAML::convert<bool>::decode(node, out))
        fail(node, fmt::format("{} is neither true nor false", key), "write true or false");
    return out;
}

/// A key that does not look like one is not shown: it may be a misplaced hash or password.
std::string shown(std::string_view path, const std::string& key) {
    const bool word = key.size() <= 64 && std::ranges::all_of(key, [](char c) {
                          return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.';
                      });
    return fmt::format("{}{}{}", path, path.empty() ? "" : ".", word ? key : "…");
}

/// The path of a key, the key, and its value.
using Visit = std::function<void(const std::string&, const YAML::Node&, const YAML::Node&)>;

void for_each(const YAML::Node& mapping, std::string_view path, const Visit& visit) {
    if (mapping.IsNull())
        return;
    if (!mapping.IsMap())
        fail(mapping, fmt::format("{} is not a mapping", path.empty() ? "the file" : path), "write it as key: value");
    std::vector<std::string> seen;
    for (const auto& entry : mapping) {
        const std::string key = scalar(entry.first, fmt::format("a key of {}", path.empty() ? "the file" : path));
        if (std::ranges::find(seen, key) != seen.end())
            fail(entry.first, fmt::format("{} is given twice", shown(path, key)), "remove one");
        seen.push_back(key);
        visit(shown(path, key), entry.first, entry.second);
    }
}

[[noreturn]] void refuse(const std::string& path, const YAML::Node& key) {
    if (const auto* instead = find(unsupported, key.Scalar()))
        fail(key, fmt::format("{} is not supported", path), std::string(*instead));
    fail(key, fmt::format("unknown key {}", path), Remedy::remove_key);
}

template <class Value, std::size_t size>
Value one_of(const Table<Value, size>& table, const YAML::Node& node, std::string_view key) {
    if (const Value* value = find(table, scalar(node, key)))
        return *value;
    fail(node, fmt::format("{} has a value that is not supported", key), fmt::format("use {}", names(table)));
}

template <std::size_t size>
std::vector<std::string_view> several_of(const Table<std::string_view, size>& table, const YAML::Node& list,
                                         std::string_view key) {
    std::vector<std::string_view> out;
    if (list.IsNull())
        return out;
    if (!list.IsSequence())
        fail(list, fmt::format("{} is not a list", key), "write it as lines of - value");
    for (const YAML::Node& node : list) {
        const auto* value = find(table, scalar(node, key));
        if (value == nullptr)
            fail(node, fmt::format("{} has a value that is not supported", key), Remedy::list_values);
        out.push_back(*value);
    }
    return out;
}

/// As OpenSSL reads it.
std::string list_of(std::vector<std::string_view> names) {
    std::erase(names, "");
    return join(names, ":");
}

std::vector<std::string_view> all_suites() {
    const auto all = cipher_suites | std::views::values;
    return {all.begin(), all.end()};
}

std::optional<http::TlsServerSettings> read_tls(const YAML::Node& node, const std::filesystem::path& folder) {
    http::TlsServerSettings out;
    std::vector<std::string_view> suites;
    bool wanted = false;
    const auto path = [&](const YAML::Node& value, const std::string& key) {
        const std::string name = scalar(value, key);
        wanted = wanted || !name.empty();
        return name.empty() ? name : (folder / name).string();
    };
    for_each(node, "tls_server_config", [&](const std::string& key, const YAML::Node& name, const YAML::Node& value) {
        const std::string& word = name.Scalar();
        if (word == "cert_file")
            out.cert_file = path(value, key);
        else if (word == "key_file")
            out.key_file = path(value, key);
        else if (word == "client_ca_file")
            out.client_ca_file = path(value, key);
        else if (word == "client_auth_type") {
            if (scalar(value, key).empty())
                return;
            wanted = true;
            out.client_auth = one_of(client_auths, value, key);
        } else if (word == "min_version")
            out.min_version = one_of(versions, value, key);
        else if (word == "max_version")
            out.max_version = one_of(versions, value, key);
        else if (word == "cipher_suites")
            suites = several_of(cipher_suites, value, key);
        else if (word == "curve_preferences")
            out.groups = list_of(several_of(curves, value, key));
        else if (word == "prefer_server_cipher_suites")
            out.prefer_own_ciphers = boolean(value, key);
        else
            refuse(key, name);
    });
    if (!wanted)
        return std::nullopt;
    for (const auto& [file, key] : {std::pair{&out.cert_file, "cert_file"}, {&out.key_file, "key_file"}})
        if (file->empty())
            fail(node, fmt::format("tls_server_config has no {}", key), fmt::format("add {}", key));
    if (!out.client_ca_file.empty() && out.client_auth == http::ClientAuth::none)
        fail(node, "tls_server_config.client_ca_file has no effect without client_auth_type",
             "add client_auth_type: RequireAndVerifyClientCert");
    out.ciphers = list_of(suites.empty() ? all_suites() : suites);
    if (out.ciphers.empty()) // only suites of TLS 1.3 are listed
        out.min_version = http::TlsVersion::tls13;
    if (out.min_version > out.max_version)
        fail(node, "tls_server_config allows no TLS version", "see min_version, max_version and cipher_suites");
    return out;
}

std::vector<http::Header> read_headers(const YAML::Node& node, const std::string& path) {
    std::vector<http::Header> out;
    for_each(node, path, [&](const std::string& key, const YAML::Node& name, const YAML::Node& node_value) {
        const auto* allowed = find(header_values, name.Scalar());
        if (allowed == nullptr)
            fail(name, fmt::format("{} is not a header that can be set", key),
                 fmt::format("use {}", names(header_values)));
        const std::string value = scalar(node_value, key);
        const auto values = split(*allowed, ',');
        const bool known =
            allowed->empty() || std::ranges::any_of(values, [&](std::string_view one) { return trim(one) == value; });
        if (!known)
            fail(node_value, fmt::format("{} has a value that is not supported", key), fmt::format("use {}", *allowed));
        if (printable(value) != value)
            fail(node_value, fmt::format("{} has a control character", key), "a header must be a single line");
        if (!value.empty())
            out.push_back({name.Scalar(), value});
    });
    return out;
}

std::vector<http::Header> read_http(const YAML::Node& node) {
    std::vector<http::Header> out;
    for_each(node, "http_server_config", [&](const std::string& key, const YAML::Node& name, const YAML::Node& value) {
        if (name.Scalar() == "headers")
            out = read_headers(value, key);
        else if (name.Scalar() != "http2")
            refuse(key, name);
        else if (boolean(value, key))
            fail(value, "http_server_config.http2: true is not supported", "remove it: the server speaks HTTP/1.1");
    });
    return out;
}

std::map<std::string, std::string, std::less<>> read_users(const YAML::Node& node) {
    std::map<std::string, std::string, std::less<>> out;
    for_each(node, "basic_auth_users", [&](const std::string& key, const YAML::Node& name, const YAML::Node& value) {
        const std::string hash = scalar(value, key);
        if (!is_bcrypt_hash(hash))
            fail(value, fmt::format("{} is not a bcrypt hash", key), "generate one with htpasswd -nBC 10 \"\"");
        if (name.Scalar().empty() || name.Scalar().find(':') != std::string::npos)
            fail(name, "basic_auth_users has a name that nobody can log in with",
                 "a name must not be empty or contain a colon");
        out.emplace(name.Scalar(), hash);
    });
    return out;
}

Config read(const std::vector<YAML::Node>& documents, const std::filesystem::path& folder) {
    Config out;
    if (documents.size() > 1)
        fail(documents[1], "the file has several documents", "remove all but one");
    if (documents.empty())
        return out;
    for_each(documents[0], "", [&](const std::string& key, const YAML::Node& name, const YAML::Node& value) {
        if (name.Scalar() == "tls_server_config")
            out.tls = read_tls(value, folder);
        else if (name.Scalar() == "http_server_config")
            out.headers = read_http(value);
        else if (name.Scalar() == "basic_auth_users")
            out.users = read_users(value);
        else
            refuse(key, name);
    });
    return out;
}

Error at(const YAML::Mark& mark, const std::filesystem::path& file, std::string_view message, Hint hint) {
    const std::string path = file.string();
    const std::string name = path.size() > 100 ? "…/" + file.filename().string() : path;
    const std::string line = mark.is_null() ? "" : fmt::format(", line {}", mark.line + 1);
    return {ErrorKind::usage, fmt::format("{}{}: {}", printable(name, 100), line, message), std::move(hint)};
}

} // namespace

Result<Config> parse_config(const std::string& text, const std::filesystem::path& file) {
    try {
        return read(YAML::LoadAll(text), file.parent_path());
    } catch (const Problem& problem) {
        return at(problem.mark, file, problem.message, problem.hint);
    } catch (const YAML::Exception& error) {
        return at(error.mark, file, fmt::format("invalid YAML: {}", printable(error.msg, 80)),
                  "promtool check web-config FILE checks it, too");
    }
}

} // namespace health::web
