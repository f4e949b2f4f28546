#pragma once

#include <cli/option.hpp>

/// The options that commands share, spelled once. Those of one command are beside it.
namespace cli::options {

extern const Option help, version, quiet, verbose, color, config, log_level, log_format;
extern const Option es_url, api_key_file, bearer_token_file, username, password_file, ca_cert, ca_fingerprint,
    client_cert, client_key, insecure, timeout, retries;
extern const Option index, name, population, field, derived, rule, arrival;
extern const Option health_index, threads, refresh, json;
extern const Option kibana_url, space, wait, dry_run;
extern const Option listen, refresh_interval, max_stale, web_config_file;

} // namespace cli::options

namespace cli {

Options common_options();     ///< every command has them
Options connection_options(); ///< to a server
Options store_options();      ///< to Elasticsearch or a folder
Options measuring_options();  ///< of a store in which documents are counted
Options backfill_options();   ///< what is measured

} // namespace cli
