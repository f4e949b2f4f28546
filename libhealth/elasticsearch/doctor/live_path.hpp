#pragma once

#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/inquiry.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <vector>

/// Will tomorrow's documents have the field? What changes them on their way into an index (ingest pipelines), and what
/// the next index is created from (templates). From answers to findings, without I/O; `indices` is GET /INDEX with flat
/// settings, `caps` its _field_caps.
namespace health::elasticsearch {

// Ingest pipelines.
// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/ingest.html

/// A pipeline that the settings of an index name, whether it exists or not.
struct PipelineUse {
    std::string pipeline;
    std::string index;
    bool is_final = false; ///< index.final_pipeline, not index.default_pipeline
    bool is_next = false;  ///< of an index that does not exist yet
};

/// Those of the indices that take new documents: not of older indices of a data stream or of an alias with a write
/// index.
std::vector<PipelineUse> pipelines_of(const boost::json::object& indices);

/// Pipelines that these call (GET _ingest/pipeline), and that `known` lacks. None when they are named by the document.
std::set<std::string> called_pipelines(const boost::json::object& known);

/// `pipelines` is the answer to GET _ingest/pipeline for all of them: one that is not in it does not exist.
Findings check_pipelines(const std::vector<PipelineUse>& uses, const boost::json::object& pipelines,
                         const Backfill& backfill);
/// The same when the pipelines cannot be read.
Findings unseen_pipelines(const std::vector<PipelineUse>& uses, const Error& error);

/// The fields of the backfill that a pipeline of these sets in some documents; `or_unknown`: also those that it may
/// set, in a script for example.
std::set<std::string> set_fields(const std::vector<PipelineUse>& uses, const boost::json::object& pipelines,
                                 const Backfill& backfill, bool or_unknown);

// The next index.

/// An index that does not exist yet.
struct NextIndex {
    std::string name;  ///< of the index; for a data stream its own, by which its template is found
    std::string after; ///< the newest of today's indices that it follows
    bool is_data_stream = false;
};

/// The next index of each data stream and of each alias with a numbered write index, and a plausible one of a pattern.
/// None of an index by its own name.
std::vector<NextIndex> next_indices(const boost::json::object& indices, const std::string& expression);

/// What an index is created from: {"settings": ..., "mappings": ...}.
struct IndexTemplate {
    boost::json::object content;
    std::string origin; ///< "its index template", "the legacy template old", "no template"
    bool exists = true;
};

/// From POST _index_template/_simulate_index/NAME or _simulate/TEMPLATE. Without `exists` when no composable template
/// matches: then legacy ones count.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-simulate-index.html
IndexTemplate composable_template(const boost::json::object& body);
/// With what a data stream has of its own, since Elasticsearch 9.2; `stream` is from GET _data_stream/NAME.
/// https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-put-data-stream-mappings
IndexTemplate with_overrides(IndexTemplate from, const boost::json::object& stream);
/// From GET _template: those that match the name, merged in their order.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-get-template-v1.html
IndexTemplate legacy_template(const boost::json::object& templates, const std::string& name);

/// The pipelines of the template's settings.
std::vector<PipelineUse> pipelines_of(const IndexTemplate& from, const NextIndex& next);

/// Compares what the next index will map with what its predecessor maps.
Findings check_next_index(const NextIndex& next, const IndexTemplate& from, const boost::json::object& caps,
                          const Backfill& backfill);
/// The fields that a pipeline of today's index sets, and none of the next one.
Findings check_next_pipelines(const NextIndex& next, const std::set<std::string>& today,
                              const std::set<std::string>& tomorrow);

// The requests.

/// All of these checks. `caps` is null when it could not be had.
Findings examine_live_path(const boost::json::object& indices, const boost::json::object* caps,
                           const Backfill& backfill, Inquiry& inquiry);
/// The same when the indices cannot be read.
Findings unseen_live_path(const Error& error, std::string_view privilege);

} // namespace health::elasticsearch
