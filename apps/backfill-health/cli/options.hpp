#pragma once

#include <base/deadline.hpp>
#include <cli/arguments.hpp>
#include <model/backfill.hpp>
#include <remote/settings.hpp>
#include <store/store.hpp>

#include <chrono>
#include <memory>
#include <string>

/// Options that commands share, spelled once.
namespace cli {

namespace options {
extern const Option help, version, quiet, verbose, color, log_level, log_format;
extern const Option es_url, api_key_file, bearer_token_file, username, password_file, ca_cert, ca_fingerprint,
    client_cert, client_key, insecure, timeout, retries;
extern const Option index, name, population, field, derived;
extern const Option health_index, refresh, json;
extern const Option kibana_url, space, wait, dry_run;
extern const Option listen;
} // namespace options

Options common_options();     ///< every command has them
Options connection_options(); ///< to a server
Options store_options();      ///< to Elasticsearch or a folder
Options backfill_options();   ///< what is measured

Options operator+(Options a, const Options& b);

/// All of these fail with `usage` only.
Result<void> configure_log(const Arguments& arguments);
Result<health::Backfill> read_backfill(const Arguments& arguments);
Result<std::string> read_health_index(const Arguments& arguments);
/// `names` are the indices that will be asked for: one that would lead out of the store is wrong usage.
Result<std::unique_ptr<health::Store>> open_store(const Arguments& arguments, const std::vector<std::string>& names);
Result<std::chrono::milliseconds> read_timeout(const Arguments& arguments);
Result<std::chrono::milliseconds> read_duration(const Arguments& arguments, const Option& option);
/// Whether ES_URL names a folder.
bool is_folder(const Arguments& arguments);
Result<std::string> read_file(const std::string& path, std::string_view what);

/// Where the credentials of a service come from: the variables begin with `prefix`, and when it has none of its own,
/// with `fallback_prefix`.
struct ServiceOptions {
    const Option& url;
    std::string_view prefix;
    std::string_view fallback_prefix;
    bool flags_are_its_own = true; ///< else they are those of the fallback, and its own variables beat them
};
extern const ServiceOptions elasticsearch_options, kibana_options;
extern const ServiceOptions kibana_beside_elasticsearch; ///< for commands that talk to both
Result<health::RemoteSettings> read_remote(const Arguments& arguments, const ServiceOptions& service);

/// As health::clear_text_warnings(), for the settings of these arguments.
std::vector<std::string> clear_text_warnings(const Arguments& arguments);

} // namespace cli
