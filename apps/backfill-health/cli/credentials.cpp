#include <cli/credentials.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cli {

using health::Credentials;
using health::Url;

namespace {

const std::array credential_options{&options::api_key_file, &options::bearer_token_file, &options::username,
                                    &options::password_file};

std::string read_secret_file(Settings& settings, const std::string& path) {
    std::string content = settings.content(path, "the secret");
    if (content.ends_with('\n'))
        content.pop_back();
    if (content.ends_with('\r'))
        content.pop_back();
    if (content.empty())
        settings.fail(fmt::format("the secret file {} is empty", path));
    return content;
}

/// The credentials of one set of variables.
class CredentialsReader {
public:
    CredentialsReader(Settings& settings, std::string_view prefix, bool with_flags)
        : settings_(settings), prefix_(prefix), with_flags_(with_flags) {}

    [[nodiscard]] bool has_variables() const {
        return std::ranges::any_of(credential_options, [this](const Option* option) {
            return variable(option->variable) || variable(option->content_variable);
        });
    }

    Credentials read() {
        Setting api_key = secret(options::api_key_file);
        Setting bearer_token = secret(options::bearer_token_file);
        Setting username = plain(options::username);
        Setting password = secret(options::password_file);
        prefer_flags_and_variables({{&api_key}, {&bearer_token}, {&username, &password}});
        std::vector<std::string> sources;
        for (const Setting* setting : {&api_key, &bearer_token, &username, &password})
            if (!setting->value.empty())
                sources.push_back(setting->source.name);
        return {.api_key = api_key.value,
                .bearer_token = bearer_token.value,
                .username = username.value,
                .password = password.value,
                .source = health::join(sources, " and ")};
    }

    /// `source` is what the URL was given by.
    void add(const Url& url, const std::string& source, Credentials& credentials) {
        if (url.username.empty() && url.password.empty())
            return;
        if (url.username.empty())
            return settings_.fail(fmt::format("the URL {} has a password but no user name", url.shown()));
        // The password may come from elsewhere, as it should not stand in a URL.
        const bool whole = !url.password.empty();
        const bool another = !credentials.username.empty() &&
                             (credentials.username != url.username || (whole && credentials.password != url.password));
        if (another)
            return settings_.fail(
                fmt::format("the URL {} has credentials that differ from those given elsewhere", url.shown()),
                "give them only once");
        if (!whole && !credentials.username.empty())
            return;
        credentials.username = url.username;
        if (whole) {
            credentials.password = url.password;
            credentials.source = fmt::format("the user name and password in {}", source);
        } else {
            credentials.source = fmt::format("the user name in {}{}{}", source,
                                             credentials.source.empty() ? "" : " and ", credentials.source);
        }
    }

    void check(const Credentials& credentials) {
        const auto kinds = std::array{&credentials.api_key, &credentials.bearer_token, &credentials.username};
        if (std::ranges::count_if(kinds, [](const std::string* kind) { return !kind->empty(); }) > 1)
            settings_.fail("more than one of an API key, a bearer token and a user name is given",
                           "give one kind of credentials");
        if (!credentials.username.empty() && credentials.password.empty())
            settings_.fail("a user name is given without a password",
                           hints::add_password(name(options::password_file.content_variable)));
        if (!credentials.password.empty() && credentials.username.empty())
            settings_.fail("a password is given without a user name",
                           hints::add_username(name(options::username.variable)));
        // They could end a header, or smuggle another one in.
        if (health::has_control_characters(credentials.api_key + credentials.bearer_token) ||
            health::has_control_characters(credentials.username + credentials.password))
            settings_.fail("the credentials contain a line break or another control character");
        if (credentials.username.find(':') != std::string::npos)
            settings_.fail("the user name contains a colon, which basic authentication cannot carry");
    }

private:
    using Kind = std::vector<Setting*>; ///< the settings that belong together

    /// Credentials given by flag or variable replace those of another kind in the configuration file.
    static void prefer_flags_and_variables(const std::vector<Kind>& kinds) {
        const auto comes_from = [](const Setting* setting, bool file) {
            return !setting->value.empty() && (setting->source.kind == Source::Kind::file) == file;
        };
        const auto given = [&](const Kind& kind) {
            return std::ranges::any_of(kind, [&](const Setting* setting) { return comes_from(setting, false); });
        };
        if (std::ranges::none_of(kinds, given))
            return;
        for (const Kind& kind : kinds)
            for (Setting* setting : kind)
                if (!given(kind) && comes_from(setting, true))
                    *setting = {};
    }

    [[nodiscard]] std::string name(std::string_view variable) const { return with_prefix(prefix_, variable); }
    [[nodiscard]] std::optional<Setting> variable(std::string_view variable) const {
        return variable.empty() ? std::nullopt : settings_.from_variable(name(variable));
    }

    [[nodiscard]] std::optional<Setting> flag(const Option& option) const {
        return with_flags_ ? settings_.from_flag(option) : std::nullopt;
    }

    /// The configuration file has those of Elasticsearch.
    [[nodiscard]] std::optional<Setting> configured(const Option& option) const {
        return prefix_ == elasticsearch_service.prefix ? settings_.from_file(option) : std::nullopt;
    }

    [[nodiscard]] Setting plain(const Option& option) const {
        for (const auto& given : {flag(option), variable(option.variable), configured(option)})
            if (given)
                return *given;
        return {};
    }

    Setting secret(const Option& file_option) {
        auto path = flag(file_option);
        const auto value = path ? std::nullopt : variable(file_option.content_variable);
        if (!path)
            path = variable(file_option.variable);
        if (!value && !path)
            path = configured(file_option);
        if (value && path)
            settings_.fail(fmt::format("{} and {} are both set", value->source.name, path->source.name),
                           "unset one of them");
        if (path)
            return {.value = read_secret_file(settings_, path->value), .source = path->source};
        return value.value_or(Setting{});
    }

    Settings& settings_;
    std::string_view prefix_;
    bool with_flags_;
};

} // namespace

Credentials read_credentials(Settings& settings, const ServiceOptions& service, std::span<const Url> urls) {
    const bool by_flag =
        std::ranges::any_of(credential_options, [&](const Option* option) { return settings.has_flag(*option); });
    const bool own = std::ranges::any_of(urls, [](const Url& url) { return !url.username.empty(); }) ||
                     (by_flag && service.flags_are_its_own) ||
                     CredentialsReader(settings, service.prefix, false).has_variables();
    const std::string_view prefix = own || service.fallback_prefix.empty() ? service.prefix : service.fallback_prefix;
    CredentialsReader reader(settings, prefix, service.flags_are_its_own || !own);
    Credentials out = reader.read();
    for (const Url& url : urls)
        reader.add(url, settings.setting(service.url).source.name, out);
    reader.check(out);
    if (!settings.failed())
        out.register_secrets();
    return out;
}

} // namespace cli
