#pragma once

#include <base/time.hpp>
#include <elasticsearch/rules/mapped_field.hpp>
#include <model/backfill.hpp>
#include <model/document.hpp>
#include <model/finding.hpp>
#include <remote/service.hpp>
#include <remote/settings.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// From answers to findings, without I/O. `url` is the engine's, for command lines in hints.
namespace health::elasticsearch {

using Findings = std::vector<Finding>;

/// What an answer other than 2xx means for a check; `privilege` is the one that is missing after a 403.
Finding not_checked(std::string check, const Error& error, std::string_view privilege);

// The engine itself.

struct ProductCheck {
    Finding finding;
    bool is_opensearch = false;
    bool is_engine = true;  ///< true also when it may be one
    std::string identity{}; ///< Store::identity(); empty when it is not known
};
/// From GET /, which a restricted key may not be allowed to read.
ProductCheck check_product(const remote::Answer& answer);

Finding check_tls(const RemoteSettings& settings, std::optional<Timestamp> certificate_expires, Timestamp now);

/// From GET /_security/_authenticate:
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/security-api-authenticate.html
Finding check_credentials(const remote::Answer& answer, bool given, const ProductCheck& product);

/// Whether the answer to a request under /_security shows nothing of the engine's security: it is off, or another
/// product has it elsewhere, or a proxy keeps it from us.
bool is_without_security(const remote::Answer& answer);

/// The request to /_security/user/_has_privileges, and what its answer means.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/security-api-has-privileges.html
boost::json::object privileges_request(std::span<const Backfill> backfills, const std::string& health_index);
Findings lacking_privileges(const boost::json::object& body, const Backfill& backfill);
Findings lacking_health_privileges(const boost::json::object& body, const std::string& health_index,
                                   bool health_index_missing);
Finding all_privileges(const Backfill& backfill, const std::string& health_index);

// The index, from GET /INDEX with flat settings.

/// Which indices INDEX means, and whether they are open.
Findings check_index(const boost::json::object& indices, const std::string& expression, const std::string& url);
Finding check_refresh(const boost::json::object& indices, const std::string& url);
/// Write blocks. One on the measured index may be deliberate; the health index must be writable.
Findings check_blocks(const boost::json::object& indices, const std::string& check, Severity deliberate,
                      const std::string& url);

// Its fields, from the answer to field_caps_target().

/// The engine answers for those indices that it could ask, and says nothing of the others; none when it asked all of
/// `indices`, which come from GET /INDEX.
std::optional<Finding> check_asked(const boost::json::object& caps, const boost::json::object& indices);
/// `counted` is how many documents match all conditions: a measurement overrules what the mapping suggests.
Finding check_population(const boost::json::object& caps, const Term& term, const std::string& index,
                         std::uint64_t counted = 0);
/// The parts of GET /INDEX, as filter_path names them, that decide what becomes of a field.
std::string mapping_parts(const Backfill& backfill);
/// `check` is a health::role; `indices` has these parts, or is none when they cannot be read;
/// `counted` is how many documents have the field.
Finding check_field(const boost::json::object& caps, const boost::json::object* indices, std::string check,
                    const std::string& field, const std::string& index, std::uint64_t counted = 0);

/// Documents that count as missing a field because the engine dropped its value.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/mapping-ignored-field.html
boost::json::object ignored_request(const Backfill& backfill, const boost::json::object& caps);
Finding check_ignored(const boost::json::object& body, const Backfill& backfill, const boost::json::object& caps);

// Its rules.

/// The request for all fields, and those of its answer with which a rule can compare something.
std::string every_field_target(const std::string& index_path);
std::vector<std::string> comparable_fields(const boost::json::object& caps);
/// A field of the rule that is not mapped, and is none of the backfill's own, which its first run may bring.
std::optional<std::string> foreign_field(const Rule& rule, const MappedFields& fields, const Backfill& backfill);
/// Whether the mapping lets the rule be judged; `known` are fields of which one may be meant.
Finding check_rule(const Rule& rule, const MappedFields& fields, const Backfill& backfill,
                   std::span<const std::string> known, Instant now);
/// From the error of try_rule().
Finding refused_rule(const Rule& rule, const Error& error);

// The health index.

Findings check_health_index(const boost::json::object& indices, std::span<const FieldMapping> wanted,
                            const std::string& health_index);

// The cluster.

/// From _cluster/health of the indices.
Finding check_cluster(const boost::json::object& health, const std::string& url);
/// From _cluster/settings (flat): none when the cluster can be written to.
std::optional<Finding> check_cluster_blocks(const boost::json::object& settings, const std::string& url);
/// From _cluster/settings (flat, with defaults) and _nodes/stats/fs.
Findings check_disks(const boost::json::object& settings, const boost::json::object& nodes);
/// From _nodes/stats, which was requested and answered at these times.
Finding check_clock(const boost::json::object& nodes, std::chrono::milliseconds asked,
                    std::chrono::milliseconds answered);

} // namespace health::elasticsearch
