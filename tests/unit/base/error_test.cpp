#include "support.hpp"

#include <base/error.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("an error says what was done, what failed, and what to try, on one line") {
    const Error error{ErrorKind::timeout, "no answer\nin time", "try again"};
    CHECK(one_line(error, test::sentence) == "no answer in time; try again");
    const Error wider = with_context("cannot measure mails", error);
    CHECK(wider.kind == ErrorKind::timeout);
    CHECK(one_line(wider, test::sentence) == "cannot measure mails: no answer in time; try again");
    CHECK(one_line(with_hint(error, ""), test::sentence) == "no answer in time");
}

TEST_CASE("errors are equal when all of them is, and not when they only read alike") {
    const Error error{ErrorKind::timeout, "no answer", "try again"};
    CHECK(error == Error{ErrorKind::timeout, "no answer", "try again"});
    CHECK(error != Error{ErrorKind::unreachable, "no answer", "try again"});
    CHECK(error != Error{ErrorKind::timeout, "no answer; try again", ""});
    CHECK(error != with_hint(error, "wait"));
}

TEST_CASE("of a long error the message is cut, and the hint stays") {
    const std::string line = one_line({ErrorKind::rejected, std::string(500, 'x'), "try again"}, test::sentence, 100);
    CHECK(line.size() <= 100);
    CHECK(line.ends_with("x…; try again"));
}

TEST_CASE("a sentence that ends with a semicolon gets no second one") {
    CHECK(one_line({ErrorKind::rejected, "index [a] blocked by: [FORBIDDEN/8/index write (api)];", "try again"},
                   test::sentence) == "index [a] blocked by: [FORBIDDEN/8/index write (api)]; try again");
}

namespace {

enum class Remedy { wait, retry };
enum class Cure { rest };

std::string texts(const Hint& hint) {
    return hint.remedy<Remedy>() == Remedy::wait ? "wait " + hint.subject() : hint.sentence();
}

} // namespace

TEST_CASE("a hint is a sentence, or a remedy for which the program has the words") {
    CHECK(Hint("try again").sentence() == "try again");
    CHECK(Hint().sentence().empty());
    CHECK(Hint("") == Hint());
    CHECK(Hint(Remedy::wait, "longer").sentence().empty());
    CHECK_FALSE(Hint("try again").remedy<Remedy>());

    const Error error{ErrorKind::timeout, "no answer in time", {Remedy::wait, "longer"}};
    CHECK(one_line(error, texts) == "no answer in time; wait longer");
    CHECK(one_line(error, test::sentence) == "no answer in time");
    CHECK(one_line(with_hint(error, Remedy::retry), texts) == "no answer in time");
}

TEST_CASE("the remedies of two rooms are told apart, whatever their numbers are") {
    static_assert(static_cast<int>(Remedy::wait) == static_cast<int>(Cure::rest));
    CHECK(Hint(Remedy::wait) != Hint(Cure::rest));
    CHECK(Hint(Remedy::wait) != Hint(Remedy::retry));
    CHECK(Hint(Remedy::wait) != Hint(Remedy::wait, "longer"));
    CHECK(Hint(Cure::rest).remedy<Cure>() == Cure::rest);
    CHECK_FALSE(Hint(Cure::rest).remedy<Remedy>());
}
