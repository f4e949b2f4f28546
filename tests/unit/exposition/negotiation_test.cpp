#include <exposition/negotiation.hpp>

#include <doctest/doctest.h>

using namespace health::exposition;

TEST_CASE("the format is negotiated as Prometheus asks for it") {
    CHECK(negotiate_format("") == Format::text);
    CHECK(negotiate_format("*/*") == Format::text);
    CHECK(negotiate_format("text/plain") == Format::text);
    CHECK(negotiate_format("application/openmetrics-text") == Format::openmetrics);
    CHECK(
        negotiate_format("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                         "text/plain;version=0.0.4;q=0.5,*/*;q=0.1") == Format::openmetrics);
    CHECK(negotiate_format("application/openmetrics-text;version=0.0.1") == Format::text);
    CHECK(negotiate_format("application/openmetrics-text;q=0.2, text/plain;q=0.9") == Format::text);
    CHECK(negotiate_format("application/openmetrics-text;q=0, */*") == Format::text);
}

TEST_CASE("gzip is sent only to those who take it") {
    CHECK(!accepts_gzip(""));
    CHECK(accepts_gzip("gzip"));
    CHECK(accepts_gzip("deflate, GZIP;q=0.5"));
    CHECK(!accepts_gzip("gzip;q=0"));
    CHECK(!accepts_gzip("gzip;q=0.000, *"));
    CHECK(accepts_gzip("*;q=0.1"));
    CHECK(!accepts_gzip("br, deflate"));
}
