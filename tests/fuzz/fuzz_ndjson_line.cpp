// Lines of the embedded store: what JSON is, and what is counted.
#include "fuzz.hpp"
#include "ndjson/naive_counts.hpp"
#include "support.hpp"

#include <ndjson/line_parser.hpp>
#include <ndjson/tally.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

using namespace health::ndjson;
namespace dom = simdjson::dom;
namespace json = boost::json;

namespace {

constexpr std::size_t certainly_taken = 1000; ///< objects and arrays in each other
constexpr std::size_t deepest = 1024;         ///< for simdjson, which counts differently near to it

bool is_json(std::string_view line, std::size_t max_depth) {
    json::parse_options options;
    options.max_depth = max_depth;
    boost::system::error_code failure;
    json::parse(line, failure, {}, options);
    return !failure;
}

std::string padded(std::string_view line) {
    std::string out(line);
    out.reserve(line.size() + simdjson::SIMDJSON_PADDING);
    return out;
}

/// Numbers beyond a double become the one that is nearest.
void stays_the_same_number(const std::string& number) {
    constexpr double largest = std::numeric_limits<double>::max();
    const double wanted = std::clamp(std::strtod(number.c_str(), nullptr), -largest, largest);
    test::must(std::strtod(representable(number).c_str(), nullptr) == wanted);
}

const std::array backfills{test::bills(), test::invoices()};

using All = std::vector<BackfillCounts>;

All count(const dom::object& line) {
    Tally tally(backfills, {});
    tally.add(line);
    return {tally.counts(0), tally.counts(1)};
}

void is_counted(const dom::object& line) {
    const All counts = count(line);
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        test::must(counts[i].missing + counts[i].present <= 1 && counts[i].derived.at(0) <= counts[i].present);
        const dom::object document = document_in(line);
        test::must(counts[i].present == 0 || health::tests::naive_exists(document, backfills[i].field));
        test::must(counts[i].missing == 0 || !health::tests::naive_exists(document, backfills[i].field));
    }

    LineParser again;
    const std::string minified = padded(simdjson::minify(line));
    dom::object same;
    test::must(again.parse(minified).get(same) == simdjson::SUCCESS);
    test::must(count(same) == counts);
}

} // namespace

void fuzz(std::string_view input) {
    if (input.find('\n') != std::string_view::npos)
        return;
    const std::string line = padded(input);
    LineParser parser;
    dom::element document;
    const bool accepted = parser.parse(line).get(document) == simdjson::SUCCESS;
    if (is_json(input, certainly_taken))
        test::must(accepted);
    if (accepted)
        test::must(is_json(representable(input), deepest));
    if (accepted && document.is_number())
        stays_the_same_number(line);
    if (accepted && document.is_object())
        is_counted(dom::object(document));
}
