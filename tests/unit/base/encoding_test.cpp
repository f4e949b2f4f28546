#include <base/encoding.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

using namespace health;

TEST_CASE("text of others ends neither an attribute nor an element") {
    CHECK(escape_html(R"(<b title="x" id='y'>&amp;</b>)") ==
          "&lt;b title=&quot;x&quot; id=&#x27;y&#x27;&gt;&amp;amp;&lt;/b&gt;");
    CHECK(escape_html("größe 2 · ½") == "größe 2 · ½");
    CHECK(escape_html("").empty());
}

TEST_CASE("every byte of a text survives in an URL") {
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    const std::string encoded = percent_encode(bytes);
    CHECK(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%") ==
          std::string::npos);
    CHECK(percent_decode(encoded) == bytes);
    CHECK(percent_decode(percent_encode(bytes, "/,*")) == bytes);
}

TEST_CASE("what is kept is kept, and a percent sign is always encoded again") {
    CHECK(percent_encode("a/b,c*", "/") == "a/b%2Cc%2A");
    CHECK(percent_encode("%2F") == "%252F");
    CHECK(percent_encode("").empty());
}

TEST_CASE("decoding is of either case, and a plus stays one") {
    CHECK(percent_decode("%c3%A4+%2b") == "ä++");
    CHECK(percent_decode("%00") == std::string(1, '\0'));
    CHECK(percent_decode("%252F") == "%2F");
}

TEST_CASE("malformed text stays as it is, also where a part of it could be decoded") {
    for (const std::string_view text : {"%", "%4", "a%2", "%zz", "%20%", "%20%G0", "%%41", "% 41"}) {
        CAPTURE(text);
        CHECK(percent_decode(text) == text);
    }
}
