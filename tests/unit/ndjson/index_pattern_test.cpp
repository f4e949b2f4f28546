#include "ndjson/support.hpp"

#include <ndjson/index_pattern.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;

namespace {

using Names = std::vector<std::string>;

const Names existing{".hidden", "-odd", "mail-1", "mail-2", "news-1"};

Names resolved(std::string_view expression) {
    return value_of(resolve_indices(expression, existing));
}

Error refused(std::string_view expression) {
    return error_of(resolve_indices(expression, existing));
}

} // namespace

TEST_CASE("a name is itself, whether it exists or not") {
    CHECK(resolved("mail-1") == Names{"mail-1"});
    CHECK(resolved("absent") == Names{"absent"});
    CHECK(resolved(".hidden") == Names{".hidden"});
    CHECK(resolved("mail-?") == Names{"mail-?"});
}

TEST_CASE("an index named twice is there once") {
    CHECK(resolved("mail-1,mail-1") == Names{"mail-1"});
    CHECK(resolved("mail-2,mail-*") == Names{"mail-2", "mail-1"});
    CHECK(resolved("mail-*,*-1") == Names{"mail-1", "mail-2", "news-1"});
}

TEST_CASE("a star stands for any text, also for none") {
    CHECK(resolved("mail-*") == Names{"mail-1", "mail-2"});
    CHECK(resolved("*-1") == Names{"mail-1", "news-1"});
    CHECK(resolved("m*-*") == Names{"mail-1", "mail-2"});
    CHECK(resolved("mail-1*") == Names{"mail-1"});
    CHECK(resolved("*mail-1*") == Names{"mail-1"});
    CHECK(resolved("n**s-1") == Names{"news-1"});
    CHECK(refused("mail-*1*1").kind == ErrorKind::index_missing);
    CHECK(refused("*-1x").kind == ErrorKind::index_missing);
}

TEST_CASE("the end of a pattern is the end of the name, even where its text comes earlier too") {
    const Names names{"abab", "aba", "ab"};
    CHECK(value_of(resolve_indices("*ab", names)) == Names{"abab", "ab"});
    CHECK(value_of(resolve_indices("a*ab", names)) == Names{"abab"});
    CHECK(resolve_indices("ab*ba", names).has_error());
}

TEST_CASE("patterns do not see dot indices unless they begin with a dot") {
    CHECK(resolved("*") == Names{"-odd", "mail-1", "mail-2", "news-1"});
    CHECK(resolved("_all") == resolved("*"));
    CHECK(resolved(".*") == Names{".hidden"});
    CHECK(resolved(".h*n") == Names{".hidden"});
    CHECK(refused("*hidden").kind == ErrorKind::index_missing);
}

TEST_CASE("a minus behind a pattern excludes, before it is a letter") {
    CHECK(resolved("mail-*,-mail-1") == Names{"mail-2"});
    CHECK(resolved("*,-mail-*") == Names{"-odd", "news-1"});
    CHECK(resolved("mail-1,news-*,-mail-1") == Names{"news-1"});
    CHECK(resolved("mail-*,-absent,-absent*") == Names{"mail-1", "mail-2"});
    CHECK(resolved("*,-mail-*,mail-1") == Names{"-odd", "news-1", "mail-1"});
    CHECK(resolved("mail-1,-mail-1") == Names{"mail-1", "-mail-1"});
    CHECK(resolved("-mail-1,mail-*") == Names{"-mail-1", "mail-1", "mail-2"});
    CHECK(resolved("-o*") == Names{"-odd"});
}

TEST_CASE("a pattern that matches nothing is a missing index") {
    for (const std::string_view expression : {"absent*", "mail-*,absent*", "absent*,mail-1", "-mail-*"}) {
        CAPTURE(expression);
        CHECK(refused(expression).kind == ErrorKind::index_missing);
    }
    CHECK(refused("mail-*,absent*").message.find("absent*") != std::string::npos);
    CHECK(refused("mail-*,-mail-*").kind == ErrorKind::index_missing);
    CHECK(error_of(resolve_indices("*", Names{})).kind == ErrorKind::index_missing);
}

TEST_CASE("what would leave the folder is wrong usage") {
    const std::string with_nul("a\0b", 3);
    for (const std::string& expression : Names{"", ",", "mail-1,", ",mail-1", "..", ".", "../x", "/etc/passwd", "a/b",
                                               "mail-1,../x", "*/x", "mail-*,-../x", with_nul}) {
        CAPTURE(expression);
        CHECK(refused(expression).kind == ErrorKind::usage);
    }
}

TEST_CASE("the list of indices is needed for patterns only") {
    CHECK(has_wildcard("a*"));
    CHECK(has_wildcard("a,_all"));
    CHECK_FALSE(has_wildcard("a,-b"));
}

TEST_CASE("the name of one index is no pattern and no list") {
    CHECK(check_index_name("backfill_health_v1").has_value());
    CHECK(check_index_name(".health").has_value());
    for (const std::string_view name : {"a*", "a,b", "_all"})
        CHECK(error_of(check_index_name(name)).kind == ErrorKind::rejected);
    for (const std::string_view name : {"", ".", "..", "a/b"})
        CHECK(error_of(check_index_name(name)).kind == ErrorKind::usage);
}
