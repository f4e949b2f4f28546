// The headers Accept and Accept-Encoding of a scrape.
#include "fuzz.hpp"

#include <exposition/negotiation.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>

using namespace health::exposition;

namespace {

std::string with_case(std::string_view text, char first, char last) {
    std::string out(text);
    for (char& c : out)
        if (c >= first && c <= last)
            c = static_cast<char>(c ^ 0x20);
    return out;
}

bool same_answers(std::string_view a, std::string_view b) {
    return negotiate_format(a) == negotiate_format(b) && accepts_gzip(a) == accepts_gzip(b);
}

} // namespace

void fuzz(std::string_view input) {
    // Types, codings and names of parameters are the same in either case.
    test::must(same_answers(input, with_case(input, 'a', 'z')));
    test::must(same_answers(input, with_case(input, 'A', 'Z')));
    // Members that name something else, or nothing, change nothing.
    test::must(same_answers(input, fmt::format("{} , image/png;q=1.0,", input)));
    // Whoever names OpenMetrics with full weight gets it, and who names gzip first as well.
    test::must(negotiate_format(fmt::format("{},application/openmetrics-text", input)) == Format::openmetrics);
    test::must(accepts_gzip(fmt::format("gzip,{}", input)));
    test::must(!accepts_gzip(fmt::format("gzip;q=0,{}", input)));
    // Nobody gets OpenMetrics unasked.
    if (with_case(input, 'A', 'Z').find("openmetrics-text") == std::string::npos)
        test::must(negotiate_format(input) == Format::text);
}
