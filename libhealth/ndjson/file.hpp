#pragma once

#include <base/error.hpp>

#include <filesystem>
#include <string_view>
#include <utility>

namespace health::ndjson {

/// An open file that closes itself.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~File();

    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

/// The failure `number` (an errno) of what was tried: "cannot read", "cannot lock".
Error file_error(int number, std::string_view tried, const std::filesystem::path& path);

/// Opens a regular file as open(2) does.
Result<File> open_file(const std::filesystem::path& path, int flags, std::string_view tried);

/// Makes the folder's entries survive a power failure.
Result<void> sync_folder(const std::filesystem::path& folder);

} // namespace health::ndjson
