#pragma once

#include <remote/service.hpp>
#include <store/store.hpp>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace health::elasticsearch {

/// The index of the snapshots, as it is written to.
class HealthIndex {
public:
    /// Fails with `usage` for a name that would leave the path. Asks nothing. The service lives longer.
    static Result<HealthIndex> make(remote::Service& service, const std::string& name);

    std::vector<Result<void>> append(std::span<const HealthDocument> documents, const Deadline& deadline);
    Result<Installed> install(std::span<const FieldMapping> mapping, const Deadline& deadline);

private:
    HealthIndex(remote::Service& service, std::string name, std::string path)
        : service_(service), name_(std::move(name)), path_(std::move(path)) {}

    /// A write to an index that is not there would make the engine guess a mapping.
    Result<void> check_exists(const Deadline& deadline);
    Result<void> complete_mapping(std::span<const FieldMapping> wanted, const Deadline& deadline);
    Result<void> add_fields(std::span<const FieldMapping> lacking, const Deadline& deadline);

    remote::Service& service_;
    std::string name_;
    std::string path_;
};

} // namespace health::elasticsearch
