#pragma once

#include <base/deadline.hpp>
#include <base/file_stamp.hpp>
#include <web/config.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace health::web {

/// The configuration in force.
struct ActiveConfig {
    Config config;
    http::TlsServerContext tls; ///< null in clear text
};

/// The web configuration file and the files that it names, read again when they change. A configuration that cannot be
/// used, or that would remove protection (such as a file that has become empty), is only logged. For use on one thread.
class ConfigFile {
public:
    /// Whether it could be opened.
    static Result<void> check(const std::filesystem::path& path);
    /// `texts` puts the hints of what is logged into words.
    static Result<ConfigFile> open(std::filesystem::path path, HintTexts texts);

    /// Checks the files for changes, at most once a second.
    std::shared_ptr<const ActiveConfig> current();
    /// Reads the files at once, for an operator who says that they have changed.
    void reload();

private:
    struct Attempt;

    ConfigFile(std::filesystem::path path, Attempt first, HintTexts texts);

    static Attempt read(const std::filesystem::path& path);
    void adopt(Attempt attempt);

    std::filesystem::path path_;
    HintTexts texts_;
    std::vector<FileStamp> stamps_; ///< of the latest attempt, whether or not it succeeded
    std::shared_ptr<const ActiveConfig> active_;
    Clock::time_point next_look_;
};

} // namespace health::web
