#pragma once

#include <elasticsearch/api/send.hpp>
#include <store/store.hpp>

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace health::elasticsearch {

/// Writes to the health index.
class HealthIndex {
public:
    /// Fails with `usage` for a name that would leave the path. Sends no request.
    static Result<HealthIndex> make(Send send, const std::string& name);

    std::vector<Result<void>> append(std::span<const HealthDocument> documents, const Deadline& deadline);
    Result<Installed> install(std::span<const FieldMapping> mapping, const Deadline& deadline);
    /// What install() would do.
    Result<Installed> preview(std::span<const FieldMapping> mapping, const Deadline& deadline);

private:
    HealthIndex(Send send, std::string name, std::string path)
        : send_(std::move(send)), name_(std::move(name)), path_(std::move(path)) {}

    using Mappings = std::vector<boost::json::object>;

    /// Those of the index, or of all indices of an alias; empty where the credentials do not allow reading them.
    Result<Mappings> mappings(const Deadline& deadline);
    /// A write of a field that the mapping lacks would make the engine guess it.
    Result<void> check_mapped(const HealthDocument& document, const Mappings& existing) const;
    Result<void> check_exists(const Deadline& deadline);
    Result<remote::Answer> describe(const Deadline& deadline);
    /// The fields that any of the described indices lacks, each once.
    Result<std::vector<FieldMapping>> lacking_fields(std::span<const FieldMapping> wanted,
                                                     const remote::Answer& description) const;
    /// Returns the fields that were added.
    Result<std::vector<std::string>> complete_mapping(std::span<const FieldMapping> wanted, const Deadline& deadline);
    Result<void> add_fields(std::span<const FieldMapping> lacking, const Deadline& deadline);

    Send send_;
    std::string name_;
    std::string path_;
};

} // namespace health::elasticsearch
