#include <cli/find_configuration.hpp>

#include <base/files.hpp>
#include <cli/base_directory.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace cli {

namespace {

constexpr std::string_view own_path = "backfill-health/config.yaml";

/// An unreadable file counts as there: its settings must not be ignored silently.
bool is_there(const std::filesystem::path& path) {
    std::error_code failure;
    const auto status = std::filesystem::symlink_status(path, failure);
    return failure ? failure == std::errc::permission_denied : std::filesystem::exists(status);
}

} // namespace

std::optional<std::string> find_configuration(const Settings& settings) {
    const Setting named = settings.setting(options::config);
    if (named.source.kind != Source::Kind::fallback)
        return named.value.empty() ? std::nullopt : std::optional(named.value);
    if (const auto home = base_directory(settings, "XDG_CONFIG_HOME", ".config"); home && is_there(*home / own_path))
        return (*home / own_path).string();
    const auto system = std::filesystem::path("/etc") / own_path;
    return is_there(system) ? std::optional(system.string()) : std::nullopt;
}

Result<std::shared_ptr<const Configuration>> read_configuration(const std::string& file, const Options& known) {
    auto stamp = health::FileStamp::of(file);
    const auto text = health::read_file(file, largest_configuration);
    if (!text && text.error() == std::errc::file_too_large)
        return Error{ErrorKind::usage, fmt::format("{} is larger than 4 MiB", file), "check that it is the right file"};
    if (!text)
        return Error{ErrorKind::usage,
                     fmt::format("cannot read the configuration {}: {}", file, text.error().message()),
                     hints::choose_configuration};
    auto parsed = parse_configuration(*text, file, configurable_names(known));
    if (!parsed)
        return parsed.error();
    parsed->stamp = std::move(stamp);
    return std::make_shared<const Configuration>(*std::move(parsed));
}

} // namespace cli
