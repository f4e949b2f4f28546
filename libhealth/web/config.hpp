#pragma once

#include <base/error.hpp>
#include <http/message.hpp>
#include <http/tls_server.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace health::web {

/// What a web configuration file of the Prometheus exporters says:
/// https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
struct Config {
    std::optional<http::TlsServerSettings> tls;
    std::map<std::string, std::string, std::less<>> users; ///< names and bcrypt hashes
    std::vector<http::Header> headers;                     ///< for every response
};

/// Fails with `usage`, naming `file` and the line; relative paths are relative to its folder.
Result<Config> parse_config(const std::string& text, const std::filesystem::path& file);

} // namespace health::web
