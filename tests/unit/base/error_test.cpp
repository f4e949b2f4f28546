#include <base/error.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("an error says what was done, what failed, and what to try, on one line") {
    const Error error{ErrorKind::timeout, "no answer\nin time", "try again"};
    CHECK(one_line(error) == "no answer in time; try again");
    const Error wider = with_context("cannot measure mails", error);
    CHECK(wider.kind == ErrorKind::timeout);
    CHECK(one_line(wider) == "cannot measure mails: no answer in time; try again");
    CHECK(one_line(with_hint(error, "")) == "no answer in time");
}

TEST_CASE("of a long error the message is cut, and the hint stays") {
    const std::string line = one_line({ErrorKind::rejected, std::string(500, 'x'), "try again"}, 100);
    CHECK(line.size() <= 100);
    CHECK(line.ends_with("x…; try again"));
}

TEST_CASE("a sentence that ends with a semicolon gets no second one") {
    CHECK(one_line({ErrorKind::rejected, "index [a] blocked by: [FORBIDDEN/8/index write (api)];", "try again"}) ==
          "index [a] blocked by: [FORBIDDEN/8/index write (api)]; try again");
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
