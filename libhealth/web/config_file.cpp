#include <web/config_file.hpp>

#include <base/files.hpp>
#include <base/log.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>

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
    std::vector<Stamp> stamps;
    Result<Active> outcome;
};

ConfigFile::Stamp ConfigFile::Stamp::of(std::filesystem::path file) {
    struct stat status{};
    if (stat(file.c_str(), &status) != 0)
        return {.file = std::move(file), .state = {}, .changed = {}};
    const auto& changed = status.st_ctim;
    return {.file = std::move(file),
            .state = {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
                      status.st_size, changed.tv_sec, changed.tv_nsec},
            .changed =
                std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
                    std::chrono::seconds(changed.tv_sec) + std::chrono::nanoseconds(changed.tv_nsec)))};
}

/// Each stamp is taken before its file is read: what changes meanwhile is seen the next time.
ConfigFile::Attempt ConfigFile::read(const std::filesystem::path& path) {
    std::vector<Stamp> stamps{Stamp::of(path)};
    const auto text = read_text(path);
    if (!text)
        return {std::move(stamps), text.error()};
    auto config = parse_config(*text, path);
    if (!config)
        return {std::move(stamps), config.error()};
    Active active{.config = *std::move(config), .tls = nullptr};
    if (const auto& tls = active.config.tls) {
        for (const std::string& file : {tls->cert_file, tls->key_file, tls->client_ca_file})
            if (!file.empty())
                stamps.push_back(Stamp::of(file));
        auto context = http::make_tls_server_context(*tls);
        if (!context)
            return {std::move(stamps), context.error()};
        active.tls = *std::move(context);
    }
    return {std::move(stamps), std::move(active)};
}

Result<ConfigFile> ConfigFile::open(std::filesystem::path path) {
    Attempt first = read(path);
    if (!first.outcome)
        return first.outcome.error();
    return ConfigFile(std::move(path), std::move(first));
}

ConfigFile::ConfigFile(std::filesystem::path path, Attempt first)
    : path_(std::move(path)), stamps_(std::move(first.stamps)),
      active_(std::make_shared<const Active>(*std::move(first.outcome))), next_look_(Clock::now() + settling) {}

std::shared_ptr<const Active> ConfigFile::current() {
    if (const auto now = Clock::now(); now >= next_look_) {
        next_look_ = now + settling;
        if (changed_and_settled())
            reload();
    }
    return active_;
}

void ConfigFile::reload() {
    adopt(read(path_));
}

bool ConfigFile::changed_and_settled() const {
    const auto now = std::chrono::system_clock::now();
    bool changed = false;
    for (const Stamp& before : stamps_) {
        const Stamp stamp = Stamp::of(before.file);
        changed = changed || stamp.state != before.state;
        // A time that lies ahead is of a clock that was set back.
        if (stamp.changed > now - settling && stamp.changed <= now)
            return false;
    }
    return changed;
}

void ConfigFile::adopt(Attempt attempt) {
    stamps_ = std::move(attempt.stamps);
    std::string problem;
    if (!attempt.outcome)
        problem = one_line(attempt.outcome.error());
    else if (const auto lost = protection_lost(active_->config, attempt.outcome->config); !lost.empty())
        problem = fmt::format("{} is turned off there; restart to do so", lost);
    if (!problem.empty()) {
        log::write(log::Level::error, "reload of the web configuration failed; keeping the old one",
                   {{"error", problem}});
        return;
    }
    active_ = std::make_shared<const Active>(*std::move(attempt.outcome));
    log::write(log::Level::info, "web configuration reloaded", {{"file", path_.string()}});
}

} // namespace health::web
