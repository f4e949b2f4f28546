#include <base/nearest.hpp>

#include <doctest/doctest.h>

TEST_CASE("the nearest word") {
    const std::vector<std::string_view> words{"validate", "emit", "serve", "create-index"};
    CHECK(health::nearest("valdate", words) == "validate");
    CHECK(health::nearest("Serve", words) == "serve");
    CHECK(health::nearest("create_index", words) == "create-index");
    CHECK(health::nearest("emti", words) == "emit");
    CHECK(health::nearest("val", words) == "validate");
    CHECK_FALSE(health::nearest("xyzzy", words));
    CHECK_FALSE(health::nearest("", words));
    CHECK_FALSE(health::nearest("emit", {}));
}
