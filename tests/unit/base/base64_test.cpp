#include <base/base64.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

using namespace health;

TEST_CASE("the examples of RFC 4648, there and back") {
    for (const auto& [text, encoded] :
         {std::pair{"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}}) {
        CHECK(to_base64(text) == encoded);
        CHECK(from_base64(encoded) == text);
    }
    CHECK(to_base64("").empty());
    CHECK(from_base64("").empty());
}

TEST_CASE("every byte comes back, also a zero at the end") {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes.insert(bytes.begin(), static_cast<char>(i));
        CHECK(from_base64(to_base64(bytes)) == bytes);
    }
    CHECK(from_base64("AAAA") == std::string(3, '\0'));
    CHECK(from_base64("AA==") == std::string(1, '\0'));
}

TEST_CASE("what is not base64 is nothing, and not a part of it") {
    for (const std::string_view text : {"Z",     "Zg",       "Zg=",      "Zg===",  "=",        "==",         "====",
                                        "Zm9vZ", "Zm9v!A==", "Zm9v Zg=", "Zm-_",   "Zm\n9v==", "Z\xC3\xA4=", "Zg==Zg==",
                                        "Zg=g",  "=Zg=",     "Zm9v\n",   "\nZm9v", "Zg==\n",   " Zg=",       "Zg== "}) {
        CAPTURE(text);
        CHECK(from_base64(text).empty());
    }
    CHECK(from_base64(std::string_view("Zg\0=", 4)).empty());
}
