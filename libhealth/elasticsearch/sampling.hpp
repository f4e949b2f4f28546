#pragma once

#include <model/backfill.hpp>
#include <model/sampling.hpp>
#include <remote/service.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// Random documents, by their ids alone: all of them in one answer, so that they are a sample of one instant. Pages of
/// documents in a random order would not be: a document that is updated between two of them gets another `_seq_no`, and
/// with it another random score, and could be in both or in neither. (Only a point in time would prevent that, which
/// OpenSearch before 2.4 and open-source builds of Elasticsearch 7 lack.) The score needs the field `_seq_no`: without
/// a field, it takes Lucene's numbers of documents, which change with every merge, and the `_id`, whose field data
/// Elasticsearch 8 does not load by default:
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/query-dsl-function-score-query.html#function-random
Result<http::Request> draw_request(const Backfill& backfill, std::size_t limit, std::uint64_t seed);
Result<RandomSample> to_random_sample(const std::string& action, const remote::Answer& answer, std::size_t limit);

/// The documents as a search sees them now. Not `_mget`, which knows neither aliases nor remote clusters, for which
/// alone a key may have a privilege, and reads what no search sees yet.
Result<http::Request> fetch_request(const Backfill& backfill, std::span<const DocumentKey> keys);
Result<std::vector<std::optional<Document>>> to_documents(const std::string& action, const Backfill& backfill,
                                                          const remote::Answer& answer,
                                                          std::span<const DocumentKey> keys);

/// How many documents to ask for, so that the answer is neither too large for the client nor small.
class PageSize {
public:
    [[nodiscard]] std::size_t documents() const { return documents_; }

    void halve() { documents_ = (documents_ + 1) / 2; }
    /// By the size of an answer with so many documents.
    void adapt(std::size_t bytes, std::size_t documents);

private:
    std::size_t documents_ = 32;
};

using Ask = std::function<Result<remote::Answer>(Result<http::Request>)>;

/// Store::fetch().
Result<std::vector<std::optional<Document>>> fetch(const Backfill& backfill, std::span<const DocumentKey> keys,
                                                   const std::string& action, PageSize& page, const Ask& ask);

} // namespace health::elasticsearch
