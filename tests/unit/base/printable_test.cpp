#include <base/printable.hpp>
#include <base/secrets.hpp>
#include <base/text.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace health;

TEST_CASE("control characters become one blank, and none at the beginning") {
    CHECK(printable("two\r\nlines") == "two lines");
    CHECK(printable("\n\ta\x7F") == "a ");
    CHECK(printable("a\x1b[31mred") == "a [31mred");
    CHECK(printable("a \n b") == "a  b");
    CHECK(printable("a\xC2\x9B"
                    "31mb") == "a 31mb"); // U+009B begins a control sequence, too
    CHECK(printable("h\u00e9llo \u20ac") == "h\u00e9llo \u20ac");
    CHECK(printable("").empty());
}

TEST_CASE("bytes that are not UTF-8 become replacement characters, as what is printed may be JSON") {
    CHECK(printable("caf\xE9 9") == "caf\uFFFD 9");
    CHECK(printable("\xC3") == "\uFFFD");
    CHECK(printable("a\x80") == "a\uFFFD");
}

TEST_CASE("a long text is cut between two characters, and says so") {
    CHECK(printable("abcdef", 6) == "abcdef");
    CHECK(printable("abcdefg", 6) == "abc\u2026");
    for (std::size_t limit = 3; limit < 20; ++limit) {
        CAPTURE(limit);
        const std::string cut = printable("\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac", limit);
        CHECK(cut.size() <= limit);
        CHECK(is_utf8(cut));
        CHECK(cut.ends_with("\u2026"));
    }
}

TEST_CASE("a secret is not cut in half, but hidden whole") {
    register_secret("canary-in-a-long-text");
    CHECK(printable("key canary-in-a-long-text", 12) == "key ***");
}
