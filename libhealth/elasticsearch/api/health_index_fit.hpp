#pragma once

#include <base/error.hpp>
#include <model/document.hpp>

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// Whether an index can hold snapshots.
struct HealthIndexFit {
    std::string problem{};               ///< what to say after its name: "is closed"; empty when there is none
    Hint hint{};                         ///< about the problem
    std::vector<FieldMapping> lacking{}; ///< what has to be added to its mapping first
};

/// For one index of the answer to GET /INDEX with flat settings, and the mapping that it should have.
HealthIndexFit fit_of_health_index(const boost::json::value& index, std::span<const FieldMapping> wanted);

} // namespace health::elasticsearch
