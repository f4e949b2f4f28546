#include <cli/options.hpp>

#include <base/files.hpp>
#include <base/log.hpp>
#include <base/numbers.hpp>
#include <base/text.hpp>
#include <base/time.hpp>
#include <elasticsearch/store.hpp>
#include <ndjson/store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace cli {

using health::Backfill;
using health::Credentials;
using health::RemoteSettings;
using health::Url;

namespace options {
const Option help{"help", "", "", "", "show this help", false, 'h'};
const Option version{"version", "", "", "", "show name, version and commit"};
const Option quiet{"quiet", "", "", "", "print only what is wrong", false, 'q'};
const Option verbose{"verbose", "", "", "", "tell what it does, retries included; twice: more", false, 'v'};
const Option color{.name = "color",
                   .argument = "WHEN",
                   .variable = "",
                   .fallback = "auto",
                   .help = "NO_COLOR is heeded",
                   .choices = {"auto", "always", "never"}};
const Option log_level{.name = "log-level",
                       .argument = "LEVEL",
                       .variable = "BACKFILL_HEALTH_LOG_LEVEL",
                       .fallback = "info",
                       .help = "",
                       .choices = {"trace", "debug", "info", "warn", "error"}};
const Option log_format{.name = "log-format",
                        .argument = "FORMAT",
                        .variable = "BACKFILL_HEALTH_LOG_FORMAT",
                        .fallback = "logfmt",
                        .help = "",
                        .choices = {"logfmt", "json"}};

const Option es_url{"es-url", "URL", "ES_URL", "http://localhost:9200",
                    "nodes of one cluster, with commas; file:DIR is a folder of NDJSON files"};
const Option api_key_file{.name = "api-key-file",
                          .argument = "FILE",
                          .variable = "ES_API_KEY_FILE",
                          .fallback = "",
                          .help = "file with the encoded API key",
                          .content_variable = "ES_API_KEY"};
const Option bearer_token_file{.name = "bearer-token-file",
                               .argument = "FILE",
                               .variable = "ES_BEARER_TOKEN_FILE",
                               .fallback = "",
                               .help = "file with a bearer token",
                               .content_variable = "ES_BEARER_TOKEN"};
const Option username{"username", "NAME", "ES_USERNAME", "", "user name for basic authentication"};
const Option password_file{.name = "password-file",
                           .argument = "FILE",
                           .variable = "ES_PASSWORD_FILE",
                           .fallback = "",
                           .help = "file with the password",
                           .content_variable = "ES_PASSWORD"};
const Option ca_cert{"ca-cert", "FILE", "ES_CA_CERT", "", "certificate authorities (PEM) instead of the system's"};
const Option ca_fingerprint{"ca-fingerprint", "SHA256", "ES_CA_FINGERPRINT", "",
                            "trust the certificate of the server's chain that has this fingerprint"};
const Option client_cert{"client-cert", "FILE", "ES_CLIENT_CERT", "", "certificate to show to the server (PEM)"};
const Option client_key{"client-key", "FILE", "ES_CLIENT_KEY", "", "private key of that certificate (PEM)"};
const Option insecure{"insecure", "", "", "", "do not verify certificates and host names"};
const Option timeout{"timeout", "TIME", "ES_TIMEOUT", "10s", "deadline of one operation, retries included"};
const Option retries{"retries", "N", "ES_RETRIES", "3", "tries after 429, 502, 503, 504 or no connection"};

const Option index{"index", "NAME", "ES_EMAIL_INDEX", "gmail_emails_v2",
                   "index, alias or pattern; several with commas"};
const Option name{"name", "NAME", "BACKFILL_NAME", "bills", "what the documents are called"};
const Option population{"population",
                        "FIELD=VALUE",
                        "BACKFILL_POPULATION",
                        "category=bills",
                        "the documents that count; repeated: all must hold",
                        true};
const Option field{"field", "FIELD", "BACKFILL_FIELD", "dates", "the field that the backfill adds"};
const Option derived{"derived", "FIELD", "BACKFILL_DERIVED", "expires_at", "the field that it sets from that"};
const Option health_index{"health-index", "NAME", "ES_HEALTH_INDEX", "backfill_health_v1", "index of the snapshots"};
const Option refresh{"refresh", "", "", "", "ask the engine to refresh the index first"};
const Option json{"json", "", "", "", "print JSON on one line"};
const Option kibana_url{"kibana-url", "URL", "KIBANA_URL", "http://localhost:5601", "Kibana, with its base path"};
const Option space{"space", "ID", "KIBANA_SPACE", "", "Kibana's space; empty: the default one"};
const Option wait{"wait", "TIME", "", "0", "how long to wait for a Kibana that is starting"};
const Option dry_run{"dry-run", "", "", "", "look, and say what would be done; change nothing"};
const Option listen{"listen", "ADDRESS", "BACKFILL_HEALTH_LISTEN", "127.0.0.1:8003",
                    "where serve listens, as host:port; :8003 is all interfaces"};
} // namespace options

namespace {

/// The backfill that the defaults of the options describe has brackets in its texts and the first shape of documents.
Backfill with_house_style(Backfill backfill) {
    using namespace options;
    backfill.field_label = backfill.field == field.fallback ? fmt::format("{}[]", backfill.field) : backfill.field;
    const bool is_default = backfill.name == name.fallback && backfill.field == field.fallback &&
                            backfill.derived == std::vector{std::string(derived.fallback)};
    backfill.shape = is_default ? health::DocumentShape::flat : health::DocumentShape::nested;
    return backfill;
}

Error usage_error(std::string message, std::string hint = {}) {
    return {ErrorKind::usage, std::move(message), std::move(hint)};
}

Result<void> check_utf8(std::string_view value, const Option& option) {
    if (health::is_utf8(value))
        return {};
    return usage_error(fmt::format("{} is not UTF-8", describe(option)));
}

Result<std::string> read_name(const Arguments& arguments, const Option& option) {
    std::string value = arguments.text(option);
    if (value.empty())
        return usage_error(fmt::format("{} is empty", describe(option)));
    if (const auto checked = check_utf8(value, option); !checked)
        return checked.error();
    return value;
}

Result<std::string> read_secret_file(const std::string& path) {
    auto content = read_file(path, "the secret");
    if (!content)
        return content.error();
    if (content->ends_with('\n'))
        content->pop_back();
    if (content->ends_with('\r'))
        content->pop_back();
    if (content->empty())
        return usage_error(fmt::format("the secret file {} is empty", path));
    return content;
}

/// What would end a header, or smuggle another one in.
bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

class CredentialsReader {
public:
    CredentialsReader(const Arguments& arguments, std::string_view prefix, bool flags = true)
        : arguments_(arguments), prefix_(prefix), flags_(flags) {}

    /// Whether the environment has any credential under this prefix.
    [[nodiscard]] bool any() const {
        return std::ranges::any_of(std::array{"API_KEY", "API_KEY_FILE", "BEARER_TOKEN", "BEARER_TOKEN_FILE",
                                              "USERNAME", "PASSWORD", "PASSWORD_FILE"},
                                   [this](const char* name) { return variable(name).has_value(); });
    }

    Result<Credentials> read() const {
        Credentials out;
        auto api_key = secret(options::api_key_file, "API_KEY");
        auto bearer_token = secret(options::bearer_token_file, "BEARER_TOKEN");
        auto password = secret(options::password_file, "PASSWORD");
        if (!api_key)
            return api_key.error();
        if (!bearer_token)
            return bearer_token.error();
        if (!password)
            return password.error();
        out.api_key = *std::move(api_key);
        out.bearer_token = *std::move(bearer_token);
        out.password = *std::move(password);
        out.username = flag(options::username).value_or(variable("USERNAME").value_or(""));
        return out;
    }

private:
    [[nodiscard]] std::string variable_name(std::string_view name) const { return fmt::format("{}{}", prefix_, name); }
    [[nodiscard]] std::optional<std::string> variable(std::string_view name) const {
        return arguments_.variable(variable_name(name));
    }

    [[nodiscard]] std::optional<std::string> flag(const Option& option) const {
        return flags_ ? arguments_.flag(option) : std::nullopt;
    }

    [[nodiscard]] Result<std::string> secret(const Option& file_option, std::string_view name) const {
        if (const auto path = flag(file_option))
            return read_secret_file(*path);
        const auto value = variable(name);
        const auto file = variable(fmt::format("{}_FILE", name));
        if (value && file)
            return usage_error(fmt::format("{0} and {0}_FILE are both set", variable_name(name)), "unset one of them");
        if (file)
            return read_secret_file(*file);
        return value.value_or("");
    }

    const Arguments& arguments_;
    std::string_view prefix_;
    bool flags_;
};

Result<std::vector<Url>> read_urls(const std::string& text) {
    std::vector<Url> out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        auto url = health::parse_url(std::string_view(text).substr(begin, end - begin));
        if (!url)
            return url.error();
        out.push_back(*std::move(url));
        begin = end + 1;
    }
    return out;
}

Result<void> add_url_credentials(Credentials& credentials, const std::vector<Url>& urls) {
    for (const Url& url : urls) {
        if (url.username.empty() && url.password.empty())
            continue;
        if (url.username.empty())
            return usage_error(fmt::format("the URL of {} has a password without a user name", url.shown()));
        const bool another = !credentials.username.empty() &&
                             (credentials.username != url.username || credentials.password != url.password);
        if (another)
            return usage_error(
                fmt::format("the URL of {} has other credentials than those given elsewhere", url.shown()),
                "give them once");
        credentials.username = url.username;
        credentials.password = url.password;
    }
    return {};
}

Result<void> check_credentials(const Credentials& credentials) {
    const auto kinds = std::array{&credentials.api_key, &credentials.bearer_token, &credentials.username};
    if (std::ranges::count_if(kinds, [](const std::string* kind) { return !kind->empty(); }) > 1)
        return usage_error("more than one of an API key, a bearer token and a user name are given",
                           "give one kind of credentials");
    if (!credentials.username.empty() && credentials.password.empty())
        return usage_error("a user name is given without a password", "set ES_PASSWORD or --password-file");
    if (!credentials.password.empty() && credentials.username.empty())
        return usage_error("a password is given without a user name", "set ES_USERNAME or --username");
    if (has_control_characters(credentials.api_key + credentials.bearer_token) ||
        has_control_characters(credentials.username + credentials.password))
        return usage_error("the credentials hold a line break or another control character");
    if (credentials.username.find(':') != std::string::npos)
        return usage_error("the user name has a colon, which basic authentication cannot carry");
    return {};
}

Result<Credentials> read_credentials(const Arguments& arguments, const ServiceOptions& service,
                                     const std::vector<Url>& urls) {
    using namespace options;
    const bool by_flag = std::ranges::any_of(std::array{&api_key_file, &bearer_token_file, &username, &password_file},
                                             [&](const Option* option) { return arguments.has(*option); });
    const bool own = std::ranges::any_of(urls, [](const Url& url) { return !url.username.empty(); }) ||
                     (by_flag && service.flags_are_its_own) || CredentialsReader(arguments, service.prefix).any();
    const std::string_view prefix = own || service.fallback_prefix.empty() ? service.prefix : service.fallback_prefix;
    auto credentials = CredentialsReader(arguments, prefix, service.flags_are_its_own || !own).read();
    if (!credentials)
        return credentials;
    if (const auto added = add_url_credentials(*credentials, urls); !added)
        return added.error();
    if (const auto checked = check_credentials(*credentials); !checked)
        return checked.error();
    credentials->register_secrets();
    return credentials;
}

std::string read_tls_setting(const Arguments& arguments, const ServiceOptions& service, const Option& option,
                             std::string_view variable) {
    std::optional<std::string> value;
    if (!service.flags_are_its_own)
        value = arguments.variable(fmt::format("{}{}", service.prefix, variable));
    if (!value)
        value = arguments.flag(option);
    for (const std::string_view prefix : {service.prefix, service.fallback_prefix})
        if (!value && !prefix.empty())
            value = arguments.variable(fmt::format("{}{}", prefix, variable));
    return value.value_or("");
}

Result<int> read_retries(const Arguments& arguments) {
    const std::string text = arguments.text(options::retries);
    constexpr int most = 100;
    const auto value = health::parse_number<int>(text);
    if (!value || *value < 0 || *value > most)
        return usage_error(
            fmt::format("{}: \"{}\" is not a number from 0 to {}", describe(options::retries), text, most));
    return *value;
}

constexpr std::string_view folder_scheme = "file:";

Result<std::unique_ptr<health::Store>> make_store(const Arguments& arguments) {
    const std::string url = arguments.text(options::es_url);
    if (is_folder(arguments)) {
        std::string folder = url.substr(folder_scheme.size());
        if (folder.starts_with("//"))
            folder.erase(0, 2); // file:///var/lib/dump
        if (folder.empty())
            return usage_error(fmt::format("{}: file: names no folder", describe(options::es_url)),
                               "write it like file:/var/lib/dump");
        return health::make_ndjson_store(folder);
    }
    auto settings = read_remote(arguments, elasticsearch_options);
    if (!settings)
        return settings.error();
    return health::make_elasticsearch_store(*settings);
}

} // namespace

const ServiceOptions elasticsearch_options{.url = options::es_url, .prefix = "ES_", .fallback_prefix = ""};
const ServiceOptions kibana_options{.url = options::kibana_url, .prefix = "KIBANA_", .fallback_prefix = "ES_"};
const ServiceOptions kibana_beside_elasticsearch{
    .url = options::kibana_url, .prefix = "KIBANA_", .fallback_prefix = "ES_", .flags_are_its_own = false};

Options operator+(Options a, const Options& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Options common_options() {
    using namespace options;
    return {&quiet, &verbose, &color, &log_level, &log_format, &help, &version};
}

Options connection_options() {
    using namespace options;
    return {&api_key_file, &bearer_token_file, &username, &password_file, &ca_cert, &ca_fingerprint,
            &client_cert,  &client_key,        &insecure, &timeout,       &retries};
}

Options store_options() {
    return Options{&options::es_url} + connection_options();
}

Options backfill_options() {
    using namespace options;
    return {&index, &name, &population, &field, &derived};
}

Result<void> configure_log(const Arguments& arguments) {
    using health::log::Level;
    if (arguments.has(options::quiet) && arguments.has(options::verbose))
        return usage_error("--quiet and --verbose are both given", "choose one");
    auto level = health::log::parse_level(arguments.text(options::log_level));
    // What is said of the level itself beats what is said by the way.
    if (!arguments.has(options::log_level) && arguments.has(options::quiet))
        level = Level::error;
    if (!arguments.has(options::log_level) && arguments.has(options::verbose))
        level = arguments.count(options::verbose) > 1 ? Level::trace : Level::debug;
    const auto format = health::log::parse_format(arguments.text(options::log_format));
    if (!level)
        return usage_error(fmt::format("{}: {}", describe(options::log_level), level.error().message),
                           level.error().hint);
    if (!format)
        return usage_error(fmt::format("{}: {}", describe(options::log_format), format.error().message),
                           format.error().hint);
    health::log::configure(*level, *format);
    return {};
}

Result<Backfill> read_backfill(const Arguments& arguments) {
    Backfill out;
    std::string derived;
    const std::array<std::pair<const Option*, std::string*>, 4> names{{{&options::name, &out.name},
                                                                       {&options::index, &out.index},
                                                                       {&options::field, &out.field},
                                                                       {&options::derived, &derived}}};
    for (const auto& [option, target] : names) {
        auto value = read_name(arguments, *option);
        if (!value)
            return value.error();
        *target = *std::move(value);
    }
    out.derived = {derived};
    if (out.field == derived)
        return usage_error(fmt::format("--field and --derived are both {}", out.field),
                           "they are two different fields");
    for (const std::string& term : arguments.list(options::population)) {
        if (const auto checked = check_utf8(term, options::population); !checked)
            return checked.error();
        const auto equals = term.find('=');
        if (equals == 0 || equals == std::string::npos)
            return usage_error(fmt::format("{}: \"{}\" is not FIELD=VALUE", describe(options::population), term));
        out.population.push_back({.field = term.substr(0, equals), .values = {term.substr(equals + 1)}});
    }
    return with_house_style(std::move(out));
}

Result<std::string> read_health_index(const Arguments& arguments) {
    return read_name(arguments, options::health_index);
}

Result<std::chrono::milliseconds> read_duration(const Arguments& arguments, const Option& option) {
    auto value = health::parse_duration(arguments.text(option));
    if (!value)
        return usage_error(fmt::format("{}: {}", describe(option), value.error().message), value.error().hint);
    return value;
}

Result<std::chrono::milliseconds> read_timeout(const Arguments& arguments) {
    auto value = read_duration(arguments, options::timeout);
    if (value && value->count() == 0)
        return usage_error(fmt::format("{} must be longer than 0", describe(options::timeout)));
    return value;
}

Result<std::string> read_file(const std::string& path, std::string_view what) {
    auto content = health::read_file(path);
    if (!content)
        return usage_error(fmt::format("cannot read {} from {}: {}", what, path, content.error().message()));
    return *std::move(content);
}

Result<RemoteSettings> read_remote(const Arguments& arguments, const ServiceOptions& service) {
    RemoteSettings out;
    auto urls = read_urls(arguments.text(service.url));
    if (!urls)
        return usage_error(fmt::format("{}: {}", describe(service.url), urls.error().message),
                           &service.url == &options::es_url
                               ? "write it like https://host:9200, or file:DIR for a folder"
                               : urls.error().hint);
    out.nodes = *std::move(urls);

    auto credentials = read_credentials(arguments, service, out.nodes);
    if (!credentials)
        return credentials.error();
    out.credentials = *std::move(credentials);
    out.reread_credentials = [arguments, service, nodes = out.nodes] {
        return read_credentials(arguments, service, nodes);
    };
    for (Url& node : out.nodes)
        node.username = node.password = {};

    out.tls = {.ca_file = read_tls_setting(arguments, service, options::ca_cert, "CA_CERT"),
               .ca_fingerprint = read_tls_setting(arguments, service, options::ca_fingerprint, "CA_FINGERPRINT"),
               .client_cert = read_tls_setting(arguments, service, options::client_cert, "CLIENT_CERT"),
               .client_key = read_tls_setting(arguments, service, options::client_key, "CLIENT_KEY"),
               .insecure = arguments.has(options::insecure)};

    const auto retries = read_retries(arguments);
    if (!retries)
        return retries.error();
    out.retries = *retries;
    return out;
}

Result<std::unique_ptr<health::Store>> open_store(const Arguments& arguments, const std::vector<std::string>& names) {
    auto store = make_store(arguments);
    if (!store)
        return store;
    for (const std::string& name : names)
        if (const auto checked = (*store)->check_name(name); !checked)
            return checked.error();
    return store;
}

bool is_folder(const Arguments& arguments) {
    return arguments.text(options::es_url).starts_with(folder_scheme);
}

std::vector<std::string> clear_text_warnings(const Arguments& arguments) {
    const auto settings =
        is_folder(arguments) ? Result<RemoteSettings>(RemoteSettings{}) : read_remote(arguments, elasticsearch_options);
    return settings ? health::clear_text_warnings(*settings) : std::vector<std::string>{};
}

} // namespace cli
