#include <cli/options.hpp>

namespace cli::options {

using enum OptionGroup;

const Option quiet{.name = "quiet", .help = "print only warnings and errors", .group = general, .letter = 'q'};
const Option verbose{
    .name = "verbose", .help = "log requests and retries; -vv logs even more", .group = general, .letter = 'v'};
const Option color{.name = "color",
                   .argument = "WHEN",
                   .fallback = "auto",
                   .help = "auto uses colour on a terminal unless NO_COLOR is set",
                   .group = general,
                   .choices = {"auto", "always", "never"}};
const Option config{.name = "config",
                    .argument = "FILE",
                    .variable = "BACKFILL_HEALTH_CONFIG",
                    .help = "configuration file, see docs/backfills.md; leave it empty to read none",
                    .group = general};
const Option log_level{.name = "log-level",
                       .argument = "LEVEL",
                       .variable = "BACKFILL_HEALTH_LOG_LEVEL",
                       .fallback = "info",
                       .group = general,
                       .choices = {"trace", "debug", "info", "warn", "error"}};
const Option log_format{.name = "log-format",
                        .argument = "FORMAT",
                        .variable = "BACKFILL_HEALTH_LOG_FORMAT",
                        .fallback = "logfmt",
                        .group = general,
                        .choices = {"logfmt", "json"}};
const Option help{.name = "help", .help = "show this help", .group = general, .letter = 'h'};
const Option version{.name = "version", .help = "show name, version and commit", .group = general};

const Option es_url{.name = "es-url",
                    .argument = "URL",
                    .variable = "ES_URL",
                    .fallback = "http://localhost:9200",
                    .help = "nodes of one cluster, separated by commas; or file:DIR, a folder of NDJSON files",
                    .group = connection};
const Option api_key_file{.name = "api-key-file",
                          .argument = "FILE",
                          .variable = "ES_API_KEY_FILE",
                          .help = "file with the encoded API key",
                          .group = connection,
                          .content_variable = "ES_API_KEY"};
const Option bearer_token_file{.name = "bearer-token-file",
                               .argument = "FILE",
                               .variable = "ES_BEARER_TOKEN_FILE",
                               .help = "file with a bearer token",
                               .group = connection,
                               .content_variable = "ES_BEARER_TOKEN"};
const Option username{.name = "username",
                      .argument = "NAME",
                      .variable = "ES_USERNAME",
                      .help = "user name for basic authentication",
                      .group = connection};
const Option password_file{.name = "password-file",
                           .argument = "FILE",
                           .variable = "ES_PASSWORD_FILE",
                           .help = "file with the password",
                           .group = connection,
                           .content_variable = "ES_PASSWORD"};
const Option ca_cert{.name = "ca-cert",
                     .argument = "FILE",
                     .variable = "ES_CA_CERT",
                     .help = "certificate authorities to trust instead of the system's (PEM)",
                     .group = connection};
const Option ca_fingerprint{.name = "ca-fingerprint",
                            .argument = "SHA256",
                            .variable = "ES_CA_FINGERPRINT",
                            .help = "trust the certificate with this fingerprint in the server's chain",
                            .group = connection};
const Option client_cert{.name = "client-cert",
                         .argument = "FILE",
                         .variable = "ES_CLIENT_CERT",
                         .help = "client certificate (PEM)",
                         .group = connection};
const Option client_key{.name = "client-key",
                        .argument = "FILE",
                        .variable = "ES_CLIENT_KEY",
                        .help = "private key of the client certificate (PEM)",
                        .group = connection};
const Option insecure{.name = "insecure", .help = "do not verify certificates and host names", .group = connection};
const Option timeout{.name = "timeout",
                     .argument = "TIME",
                     .variable = "ES_TIMEOUT",
                     .fallback = "10s",
                     .help = "deadline of one operation, including its retries",
                     .group = connection};
const Option retries{.name = "retries",
                     .argument = "N",
                     .variable = "ES_RETRIES",
                     .fallback = "3",
                     .help = "retries after 429, 502, 503, 504 or a failed connection",
                     .group = connection};
const Option kibana_url{.name = "kibana-url",
                        .argument = "URL",
                        .variable = "KIBANA_URL",
                        .fallback = "http://localhost:5601",
                        .help = "URL of Kibana, including its base path",
                        .group = connection};
const Option space{.name = "space",
                   .argument = "ID",
                   .variable = "KIBANA_SPACE",
                   .help = "Kibana space; empty for the default one",
                   .group = connection};

const Option index{.name = "index",
                   .argument = "NAME",
                   .variable = "ES_EMAIL_INDEX",
                   .fallback = "gmail_emails_v2",
                   .help = "index, alias or pattern; several separated by commas",
                   .group = backfill};
const Option name{.name = "name",
                  .argument = "NAME",
                  .variable = "BACKFILL_NAME",
                  .fallback = "bills",
                  .help = "name of the documents, in the plural",
                  .group = backfill};
const Option population{.name = "population",
                        .argument = "FIELD=VALUE",
                        .variable = "BACKFILL_POPULATION",
                        .fallback = "category=bills",
                        .help = "condition that a document must meet to be counted; if repeated, all must hold",
                        .group = backfill,
                        .repeatable = true};
const Option field{.name = "field",
                   .argument = "FIELD",
                   .variable = "BACKFILL_FIELD",
                   .fallback = "dates",
                   .help = "field that the backfill adds",
                   .group = backfill};
const Option derived{.name = "derived",
                     .argument = "FIELD",
                     .variable = "BACKFILL_DERIVED",
                     .fallback = "expires_at",
                     .help = "field derived from --field; may be repeated, empty for none",
                     .group = backfill,
                     .repeatable = true};
const Option rule{
    .name = "rule",
    .argument = "RULE",
    .variable = "BACKFILL_RULE",
    .help = "what must hold for the values, such as 'expires_at > now-1y' or 'max(dates) < expires_at'; may be "
            "repeated",
    .group = backfill,
    .repeatable = true};
const Option arrival{.name = "arrival",
                     .argument = "FIELD",
                     .variable = "BACKFILL_ARRIVAL",
                     .help = "date field with the time at which a document arrived",
                     .group = backfill};
const Option threads{.name = "threads",
                     .argument = "N",
                     .variable = "BACKFILL_HEALTH_THREADS",
                     .help = "threads that read a folder's files (unless set: one for each core)",
                     .group = connection};
const Option refresh{.name = "refresh", .help = "refresh the index before measuring", .group = backfill};

const Option health_index{.name = "health-index",
                          .argument = "NAME",
                          .variable = "ES_HEALTH_INDEX",
                          .fallback = "backfill_health_v1",
                          .help = "index of the snapshots"};
const Option json{.name = "json", .help = "print JSON on one line", .group = output};
const Option wait{.name = "wait", .argument = "TIME", .fallback = "0", .help = "how long to wait for Kibana to start"};
const Option dry_run{.name = "dry-run", .help = "say what would be done, and change nothing"};
const Option listen{.name = "listen",
                    .argument = "ADDRESS",
                    .variable = "BACKFILL_HEALTH_LISTEN",
                    .fallback = "127.0.0.1:8003",
                    .help = "host:port that serve listens on; :8003 means all interfaces"};
const Option refresh_interval{.name = "refresh-interval",
                              .argument = "TIME",
                              .variable = "BACKFILL_HEALTH_REFRESH_INTERVAL",
                              .fallback = "15s",
                              .help = "time between measurements; 0 measures on every scrape"};
const Option max_stale{.name = "max-stale",
                       .argument = "TIME",
                       .fallback = "15m",
                       .help = "how long the last good numbers are shown while measuring fails",
                       .also_in_file = true};
const Option web_config_file{.name = "web.config.file",
                             .argument = "FILE",
                             .variable = "BACKFILL_HEALTH_WEB_CONFIG_FILE",
                             .help = "TLS and basic authentication, in the format of the Prometheus exporters"};

} // namespace cli::options

namespace cli {

Options common_options() {
    using namespace options;
    return {&quiet, &verbose, &color, &config, &log_level, &log_format, &help, &version};
}

Options connection_options() {
    using namespace options;
    return {&api_key_file, &bearer_token_file, &username, &password_file, &ca_cert, &ca_fingerprint,
            &client_cert,  &client_key,        &insecure, &timeout,       &retries};
}

Options store_options() {
    using namespace options;
    return Options{&es_url} + connection_options();
}

Options measuring_options() {
    return Options{&options::threads} + store_options();
}

Options backfill_options() {
    using namespace options;
    return {&index, &name, &population, &field, &derived, &rule, &arrival};
}

} // namespace cli
