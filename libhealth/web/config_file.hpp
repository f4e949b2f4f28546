#pragma once

#include <base/deadline.hpp>
#include <web/config.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

namespace health::web {

/// What is in force.
struct Active {
    Config config;
    http::TlsServerContext tls; ///< null in clear text
};

/// The web configuration file and the files that it names, read again when they change. What cannot be used changes
/// nothing but the log, and neither does what would take protection away, such as a file that has become empty. For one
/// thread.
class ConfigFile {
public:
    /// How often the files are looked at, and how long they must have been left alone: whoever writes one may not be
    /// done, or go on with the next.
    static constexpr auto settling = std::chrono::seconds(1);

    static Result<ConfigFile> open(std::filesystem::path path);

    /// Looks at the files, but not more often than it makes sense.
    std::shared_ptr<const Active> current();
    /// Reads the files at once, for an operator who says that they have changed.
    void reload();

private:
    struct Stamp;
    struct Attempt;

    ConfigFile(std::filesystem::path path, Attempt first);

    static Attempt read(const std::filesystem::path& path);
    void adopt(Attempt attempt);
    [[nodiscard]] bool changed_and_settled() const;

    struct Stamp {
        std::filesystem::path file;
        std::vector<std::int64_t> state; ///< empty when there is no such file
        std::chrono::system_clock::time_point changed;

        static Stamp of(std::filesystem::path file);
    };

    std::filesystem::path path_;
    std::vector<Stamp> stamps_; ///< of the latest attempt, whether it succeeded
    std::shared_ptr<const Active> active_;
    Clock::time_point next_look_;
};

} // namespace health::web
