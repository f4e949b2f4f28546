#include <base/error.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("a hint follows the message") {
    CHECK(one_line({ErrorKind::rejected, "it failed", ""}) == "it failed");
    CHECK(one_line({ErrorKind::rejected, "it failed", "try again"}) == "it failed; try again");
    CHECK(one_line({ErrorKind::rejected, "index [a] blocked by: [FORBIDDEN/8/index write (api)];", "try again"}) ==
          "index [a] blocked by: [FORBIDDEN/8/index write (api)]; try again");
}

TEST_CASE("a long message is cut, and its hint is not") {
    const std::string line = one_line({ErrorKind::rejected, std::string(1000, 'x'), "try again"});
    CHECK(line.size() <= 270);
    CHECK(line.ends_with("; try again"));
}

TEST_CASE("what helps is said by the program, and by nobody when it says nothing") {
    CHECK(to_string(Hint("try again")) == "try again");
    CHECK(to_string(Hint()).empty());
    CHECK(Hint("") == Hint());

    set_hint_texts(nullptr);
    const Error error{ErrorKind::timeout, "no answer in time", Remedy::raise_timeout};
    CHECK(one_line(error) == "no answer in time");
    set_hint_texts([](const Hint& hint) { return hint.remedy == Remedy::raise_timeout ? "wait " + hint.subject : ""; });
    CHECK(one_line({ErrorKind::timeout, "no answer in time", {Remedy::raise_timeout, "longer"}}) ==
          "no answer in time; wait longer");
    set_hint_texts(nullptr);
}
