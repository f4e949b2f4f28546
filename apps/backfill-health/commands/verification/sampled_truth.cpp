#include <commands/verification/sampled_truth.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <commands/verification/child.hpp>
#include <commands/verification/conversation.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace cli::verification {

using health::Document;
using health::DocumentKey;
using health::Error;
using health::ErrorKind;

namespace {

namespace json = boost::json;

constexpr int most_readings = 3;
constexpr std::size_t deepest_source = 512; ///< objects and arrays in each other
constexpr std::size_t longest_name = 80;
constexpr std::size_t most_waiting_bytes = std::size_t{64} << 20U;

std::size_t state_of(const Document& document) {
    return std::hash<std::string>()(document.source);
}

std::string name_of(const DocumentKey& key) {
    return fmt::format("{}/{}", health::printable(key.id.index, longest_name),
                       health::printable(key.id.id, longest_name));
}

Error bad_line(std::size_t number, std::string_view why, health::Hint hint = {}) {
    return {ErrorKind::bad_response, fmt::format("--expect: line {} of its output {}", number, why), std::move(hint)};
}

} // namespace

SampledTruth::SampledTruth(health::Store& store, const health::Backfill& backfill, const Request& request,
                           std::chrono::milliseconds timeout)
    : store_(store), backfill_(backfill), request_(request), timeout_(timeout), fields_(own_fields(backfill)) {}

Result<health::Verification> SampledTruth::verify() {
    auto draw = store_.draw(backfill_, request_.documents, request_.seed, health::Deadline::after(timeout_));
    if (!draw)
        return draw.error();
    out_ = {.all = draw->has_all(), .seed = request_.seed};
    std::vector<DocumentKey> keys = std::move(draw->keys);
    for (int reading = 1; !keys.empty(); ++reading) {
        auto wrong = ask_command(std::move(keys));
        if (!wrong)
            return wrong.error();
        auto changed = read_again(*std::move(wrong), reading == most_readings);
        if (!changed)
            return changed.error();
        keys = *std::move(changed);
        out_.judged_again += keys.size();
    }
    if (out_.sampled == 0 && out_.not_judged > 0)
        return Error{ErrorKind::bad_response,
                     fmt::format("--expect: no line of its output has a value for {}", health::join(fields_, " or ")),
                     "there would be nothing to compare"};
    out_.all = out_.all && out_.not_judged == 0;
    return out_;
}

Result<std::vector<SampledTruth::WrongDocument>> SampledTruth::ask_command(std::vector<DocumentKey> keys) {
    std::vector<WrongDocument> wrong;
    std::span<const DocumentKey> left = keys;
    given_ = 0;
    waiting_.clear();
    waiting_bytes_ = 0;
    const auto lines = run_conversation(
        {.command = request_.command,
         .environment = environment_without_secrets(),
         .idle_timeout = timeout_,
         .next_input = [&] { return next_page(left); },
         .on_line = [&](std::size_t number, std::string_view line) { return judge_line(number, line, wrong); }});
    if (!lines)
        return lines.error();
    if (!waiting_.empty())
        return Error{ErrorKind::bad_response,
                     fmt::format("--expect: {} in its output for {}", health::count_of(*lines, "line"),
                                 health::count_of(given_, "document")),
                     "it must print a line for each"};
    return wrong;
}

Result<std::optional<std::string>> SampledTruth::next_page(std::span<const DocumentKey>& left) {
    std::string out;
    while (out.empty() && !left.empty()) {
        const auto documents = fetch(left);
        if (!documents)
            return documents.error();
        for (std::size_t i = 0; i < documents->size(); ++i) {
            const auto& document = (*documents)[i];
            if (!document) {
                ++out_.gone;
                continue;
            }
            const auto line = give(left[i], *document);
            if (!line)
                return line.error();
            out += *line;
        }
        left = left.subspan(documents->size());
    }
    return out.empty() ? std::nullopt : std::optional(std::move(out));
}

Result<std::string> SampledTruth::give(const DocumentKey& key, const Document& document) {
    const auto source = health::parse_object(document.source, deepest_source);
    if (!source)
        return Error{ErrorKind::bad_response, fmt::format("the _source of {} cannot be read", name_of(key)), ""};
    SentDocument given{.key = key, .state = state_of(document), .found = {}, .bytes = 0};
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto value = health::value_at(*source, fields_[i]);
        const bool known = i < document.known_fields.size() && document.known_fields[i];
        if (known && !value)
            return Error{ErrorKind::rejected,
                         fmt::format("{} has {}, but its _source does not", name_of(key), fields_[i]),
                         "the mapping leaves it out of _source, or fills it from elsewhere: it cannot be compared"};
        given.found.push_back(std::move(value).value_or(nullptr));
        given.bytes += json::serialize(given.found.back()).size();
    }
    waiting_bytes_ += given.bytes;
    if (waiting_bytes_ > most_waiting_bytes)
        return Error{ErrorKind::rejected,
                     fmt::format("--expect: the values of {} that wait for its output exceed {} MiB",
                                 health::count_of(waiting_.size(), "document"), most_waiting_bytes >> 20U),
                     "print each line at once, or sample fewer documents"};
    waiting_.push_back(std::move(given));
    ++given_;
    return fmt::format("{{\"_index\":{},\"_id\":{},\"_source\":{}}}\n", json::serialize(json::string(key.id.index)),
                       json::serialize(json::string(key.id.id)), document.source);
}

Result<void> SampledTruth::judge_line(std::size_t number, std::string_view line, std::vector<WrongDocument>& wrong) {
    if (waiting_.empty())
        return bad_line(number, fmt::format("is one too many for {}", health::count_of(given_, "document")),
                        "it must print one line for each document, after reading it");
    const auto expected = health::parse_object(line, deepest_source);
    if (!expected)
        return bad_line(number, "is not a JSON object");
    if (const auto key = health::unknown_key(fields_, *expected))
        return bad_line(number, fmt::format("has the key \"{}\"", health::printable(*key, longest_name)),
                        fmt::format("only {} can be judged", health::join(fields_, ", ")));
    SentDocument given = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= given.bytes;
    auto [is_any_expected, mismatches] = health::compare(fields_, given.key.id, given.found, *expected);
    if (!is_any_expected)
        ++out_.not_judged;
    else if (mismatches.empty())
        ++out_.sampled;
    else
        wrong.push_back({.key = std::move(given.key), .state = given.state, .mismatches = std::move(mismatches)});
    return {};
}

Result<std::vector<DocumentKey>> SampledTruth::read_again(std::vector<WrongDocument> wrong, bool last) {
    std::vector<DocumentKey> keys;
    for (const WrongDocument& each : wrong)
        keys.push_back(each.key);
    std::vector<DocumentKey> changed;
    for (std::size_t done = 0; done < keys.size();) {
        const auto documents = fetch(std::span(keys).subspan(done));
        if (!documents)
            return documents.error();
        for (const auto& document : *documents) {
            WrongDocument& each = wrong[done++];
            const bool has_changed = document && state_of(*document) != each.state;
            if (!document) {
                ++out_.gone;
            } else if (has_changed && !last) {
                changed.push_back(each.key);
            } else {
                out_.still_changing += has_changed ? 1 : 0;
                count_as_wrong(std::move(each));
            }
        }
    }
    return changed;
}

void SampledTruth::count_as_wrong(WrongDocument wrong) {
    ++out_.sampled;
    if (++out_.wrong <= health::max_examples)
        std::ranges::move(wrong.mismatches, std::back_inserter(out_.examples));
}

Result<std::vector<std::optional<Document>>> SampledTruth::fetch(std::span<const DocumentKey> keys) {
    return store_.fetch(backfill_, keys, health::Deadline::after(timeout_));
}

} // namespace cli::verification
