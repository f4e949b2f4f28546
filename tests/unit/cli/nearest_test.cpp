#include <cli/nearest.hpp>

#include <doctest/doctest.h>

TEST_CASE("the nearest word") {
    const std::vector<std::string_view> words{"validate", "emit", "serve", "create-index"};
    CHECK(cli::nearest("valdate", words) == "validate");
    CHECK(cli::nearest("Serve", words) == "serve");
    CHECK(cli::nearest("create_index", words) == "create-index");
    CHECK(cli::nearest("emti", words) == "emit");
    CHECK(cli::nearest("val", words) == "validate");
    CHECK_FALSE(cli::nearest("xyzzy", words));
    CHECK_FALSE(cli::nearest("", words));
    CHECK_FALSE(cli::nearest("emit", {}));
}
