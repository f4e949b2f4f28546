#pragma once

#include <base/error.hpp>
#include <commands/verification/request.hpp>
#include <model/backfill.hpp>
#include <model/expectation.hpp>
#include <model/sampling.hpp>
#include <store/store.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli::verification {

using health::Result;

/// Draws documents, gives them to the command page by page, and judges them by its lines as they come. Of a document
/// that is waiting for its line, only the judged values are kept, and what distinguishes this state of it from others.
///
/// A document that is wrong is read once more: an update may have been half done. If it has changed, the command is run
/// again with its new state, which decides; a document that is wrong and changes each time is wrong after the third.
class SampledTruth {
public:
    SampledTruth(health::Store& store, const health::Backfill& backfill, const Request& request,
                 std::chrono::milliseconds timeout);

    Result<health::Verification> verify();

private:
    /// A document as the command was given it.
    struct SentDocument {
        health::DocumentKey key;
        std::size_t state; ///< a hash of its source
        std::vector<boost::json::value> found;
        std::size_t bytes; ///< of these values
    };
    /// One that is not as expected.
    struct WrongDocument {
        health::DocumentKey key;
        std::size_t state;
        std::vector<health::Mismatch> mismatches;
    };

    /// The documents that are wrong; all others are counted.
    Result<std::vector<WrongDocument>> ask_command(std::vector<health::DocumentKey> keys);
    /// The text for the command of as many documents as are fetched at once; none when there are no more.
    Result<std::optional<std::string>> next_page(std::span<const health::DocumentKey>& left);
    Result<std::string> give(const health::DocumentKey& key, const health::Document& document);
    Result<void> judge_line(std::size_t number, std::string_view line, std::vector<WrongDocument>& wrong);
    /// Counts those that are wrong, and gives the keys of those that have changed since, unless this reading is the
    /// last.
    Result<std::vector<health::DocumentKey>> read_again(std::vector<WrongDocument> wrong, bool last);
    void count_as_wrong(WrongDocument wrong);
    Result<std::vector<std::optional<health::Document>>> fetch(std::span<const health::DocumentKey> keys);

    health::Store& store_;
    const health::Backfill& backfill_;
    const Request& request_;
    std::chrono::milliseconds timeout_;
    std::vector<std::string> fields_;
    std::deque<SentDocument> waiting_; ///< for their lines
    std::size_t waiting_bytes_ = 0;
    std::size_t given_ = 0; ///< to the command that is running
    health::Verification out_{};
};

} // namespace cli::verification
