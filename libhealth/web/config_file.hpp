#pragma once

#include <base/deadline.hpp>
#include <base/file_stamp.hpp>
#include <web/config.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace health::web {

/// What is in force.
struct ActiveConfig {
    Config config;
    http::TlsServerContext tls; ///< null in clear text
};

/// The web configuration file and the files that it names, read again when they change. What cannot be used changes
/// nothing but the log, and neither does what would take protection away, such as a file that has become empty. For one
/// thread.
class ConfigFile {
public:
    static Result<ConfigFile> open(std::filesystem::path path);

    /// Looks at the files, at most once a second.
    std::shared_ptr<const ActiveConfig> current();
    /// Reads the files at once, for an operator who says that they have changed.
    void reload();

private:
    struct Attempt;

    ConfigFile(std::filesystem::path path, Attempt first);

    static Attempt read(const std::filesystem::path& path);
    void adopt(Attempt attempt);

    std::filesystem::path path_;
    std::vector<FileStamp> stamps_; ///< of the latest attempt, whether it succeeded
    std::shared_ptr<const ActiveConfig> active_;
    Clock::time_point next_look_;
};

} // namespace health::web
