#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>
#include <string>
#include <string_view>

namespace health::tests {

/// A folder that is removed with everything in it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "backfill-health-XXXXXX").native();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    [[nodiscard]] std::filesystem::path file(const std::string& index) const { return path_ / (index + ".ndjson"); }

    /// The file was left alone for a second already: a reader would wait for that (ndjson/settled_file.hpp).
    std::filesystem::path write(const std::string& index, std::string_view text) const {
        std::ofstream(file(index), std::ios::binary) << text;
        std::filesystem::last_write_time(file(index),
                                         std::filesystem::file_time_type::clock::now() - std::chrono::seconds(1));
        return file(index);
    }

    [[nodiscard]] std::string read(const std::string& index) const {
        std::ifstream in(file(index), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

private:
    std::filesystem::path path_;
};

} // namespace health::tests
