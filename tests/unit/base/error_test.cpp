#include <base/error.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("an error says what was done, what failed, and what to try, on one line") {
    const Error error{ErrorKind::timeout, "no answer\nin time", "raise --timeout"};
    CHECK(one_line(error) == "no answer in time; raise --timeout");
    const Error wider = with_context("cannot measure mails", error);
    CHECK(wider.kind == ErrorKind::timeout);
    CHECK(one_line(wider) == "cannot measure mails: no answer in time; raise --timeout");
    CHECK(one_line(with_hint(error, "")) == "no answer in time");
}

TEST_CASE("of a long error the message is cut, and the hint stays") {
    const std::string line = one_line({ErrorKind::rejected, std::string(500, 'x'), "try again"}, 100);
    CHECK(line.size() <= 100);
    CHECK(line.ends_with("x…; try again"));
}
