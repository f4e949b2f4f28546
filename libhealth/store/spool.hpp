#pragma once

#include <store/store.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace health {

/// A snapshot on its way into a health index.
struct SpooledDocument {
    std::string cluster; ///< as Store::cluster() names it
    std::string health_index;
    HealthDocument document;
};

/// A folder of documents that have not arrived yet: one file each, with one line of JSON, written atomically.
class Spool {
public:
    explicit Spool(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    /// Once it returns, the document survives a crash of the process and of the machine.
    Result<void> keep(const SpooledDocument& spooled) const;
    /// Those for the same cluster and index, oldest first. What cannot be read is left alone.
    [[nodiscard]] std::vector<SpooledDocument> pending(const std::string& cluster,
                                                       const std::string& health_index) const;
    void remove(const HealthDocument& document) const;
    [[nodiscard]] std::filesystem::path path_of(const HealthDocument& document) const;

private:
    std::filesystem::path folder_;
};

/// Stores the documents, and before them those in the spool for the same index. A document is in the spool before the
/// first attempt, and stays there when it cannot be stored: its error's hint says so. Without a spool, or where a
/// second write would duplicate a document (Store::cluster() is empty), it is stored or lost. Returns a result for
/// each. `texts` puts the hints of what is logged into words.
std::vector<Result<void>> store_or_spool(Store& store, const Spool* spool, const std::string& health_index,
                                         std::span<const HealthDocument> documents, const Deadline& deadline,
                                         HintTexts texts);

} // namespace health
