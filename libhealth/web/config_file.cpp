#include <web/config_file.hpp>

#include <base/files.hpp>
#include <base/log.hpp>
#include <web/remedy.hpp>

#include <fmt/format.h>

#include <fcntl.h>

namespace health::web {

namespace {

Result<std::string> read_text(const std::filesystem::path& path) {
    const auto unreadable = [&](std::string_view why) {
        return Error{ErrorKind::usage, fmt::format("cannot read the web configuration {}: {}", path.native(), why),
                     Remedy::check_web_config};
    };
    // Without O_NONBLOCK a FIFO would keep the server waiting for a writer.
    const auto file = open_file(path, O_RDONLY | O_NONBLOCK);
    if (!file)
        return unreadable(file.error().message());
    if (!is_regular_file(*file))
        return unreadable("not a regular file");
    auto text = read_to_end(*file);
    if (!text)
        return unreadable(text.error().message());
    return *std::move(text);
}

bool verifies_clients(const Config& config) {
    return config.tls && config.tls->client_auth == http::ClientAuth::require_and_verify;
}

std::string_view protection_lost(const Config& before, const Config& after) {
    if (before.tls && !after.tls)
        return "TLS";
    if (!before.users.empty() && after.users.empty())
        return "basic authentication";
    if (verifies_clients(before) && !verifies_clients(after))
        return "the verification of clients";
    return {};
}

} // namespace

struct ConfigFile::Attempt {
    std::vector<FileStamp> stamps;
    Result<ActiveConfig> outcome;
};

ConfigFile::Attempt ConfigFile::read(const std::filesystem::path& path) {
    std::vector<FileStamp> stamps{FileStamp::of(path)};
    const auto text = read_text(path);
    if (!text)
        return {std::move(stamps), text.error()};
    auto config = parse_config(*text, path);
    if (!config)
        return {std::move(stamps), config.error()};
    ActiveConfig active{.config = *std::move(config), .tls = nullptr};
    if (const auto& tls = active.config.tls) {
        for (const std::string& file : {tls->cert_file, tls->key_file, tls->client_ca_file})
            if (!file.empty())
                stamps.push_back(FileStamp::of(file));
        auto context = http::make_tls_server_context(*tls);
        if (!context)
            return {std::move(stamps), context.error()};
        active.tls = *std::move(context);
    }
    return {std::move(stamps), std::move(active)};
}

Result<void> ConfigFile::check(const std::filesystem::path& path) {
    const Attempt attempt = read(path);
    return attempt.outcome ? Result<void>() : attempt.outcome.error();
}

Result<ConfigFile> ConfigFile::open(std::filesystem::path path, HintTexts texts) {
    Attempt first = read(path);
    if (!first.outcome)
        return first.outcome.error();
    return ConfigFile(std::move(path), std::move(first), texts);
}

ConfigFile::ConfigFile(std::filesystem::path path, Attempt first, HintTexts texts)
    : path_(std::move(path)), texts_(texts), stamps_(std::move(first.stamps)),
      active_(std::make_shared<const ActiveConfig>(*std::move(first.outcome))), next_look_(Clock::now() + settling) {}

std::shared_ptr<const ActiveConfig> ConfigFile::current() {
    if (const auto now = Clock::now(); now >= next_look_) {
        next_look_ = now + settling;
        if (changed_and_settled(stamps_))
            reload();
    }
    return active_;
}

void ConfigFile::reload() {
    adopt(read(path_));
}

void ConfigFile::adopt(Attempt attempt) {
    stamps_ = std::move(attempt.stamps);
    std::string problem;
    if (!attempt.outcome)
        problem = one_line(attempt.outcome.error(), texts_);
    else if (const auto lost = protection_lost(active_->config, attempt.outcome->config); !lost.empty())
        problem = fmt::format("it would turn off {}; restart to apply it", lost);
    if (!problem.empty()) {
        log::write(log::Level::error, "reload of the web configuration failed; keeping the old one",
                   {{"error", problem}});
        return;
    }
    active_ = std::make_shared<const ActiveConfig>(*std::move(attempt.outcome));
    log::write(log::Level::info, "web configuration reloaded", {{"file", path_.string()}});
}

} // namespace health::web
