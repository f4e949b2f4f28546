#include "queue.hpp"

#include <web/password_checks.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

using health::web::PasswordChecks;
using health::web::PasswordResult;

namespace {

// Of "U*U", as John the Ripper's and libxcrypt's test vectors have it.
const std::string quick = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
/// Of whatever: the cost alone matters, some half a second.
const std::string slow = "$2a$13" + quick.substr(6);

constexpr std::size_t most_waiting = 32;

} // namespace

TEST_CASE("each password has its answer, in the order in which they came") {
    test::Queue<PasswordResult> answers;
    PasswordChecks checks;
    for (const auto& [password, hash] : {std::pair("U*U", quick), std::pair("U*V", quick), std::pair("", quick),
                                         std::pair("U*U", std::string("no hash")), std::pair("U*U", quick)})
        checks.add(password, hash, [&](PasswordResult result) { answers.push(result); });
    for (const auto expected : {PasswordResult::right, PasswordResult::wrong, PasswordResult::wrong,
                                PasswordResult::wrong, PasswordResult::right})
        CHECK(answers.pop() == expected);
    CHECK(answers.empty());
}

TEST_CASE("a flood of passwords is turned away at once, and at the end nobody is left without an answer") {
    struct Answers {
        std::atomic<int> total = 0;
        std::atomic<int> not_checked = 0;
    };
    constexpr int asked = 100;
    const auto answers = std::make_shared<std::vector<std::atomic<int>>>(asked);
    const auto counts = std::make_shared<Answers>();
    PasswordChecks checks;
    for (int i = 0; i < asked; ++i)
        checks.add("guess", slow, [answers, counts, i](PasswordResult result) {
            ++answers->at(static_cast<std::size_t>(i));
            ++counts->total;
            counts->not_checked += result == PasswordResult::not_checked ? 1 : 0;
        });
    // On a busy machine the first ones may have been checked meanwhile.
    CHECK(counts->not_checked >= asked / 2);
    CHECK(counts->not_checked <= asked - static_cast<int>(most_waiting));
    checks.stop();
    CHECK(counts->total == asked);
    for (const auto& times : *answers)
        CHECK(times == 1);
}

TEST_CASE("after the end no password is checked any more") {
    PasswordChecks checks;
    checks.stop();
    checks.stop();
    test::Queue<PasswordResult> answers;
    checks.add("U*U", quick, [&](PasswordResult result) { answers.push(result); });
    REQUIRE_FALSE(answers.empty()); // at once
    CHECK(answers.pop() == PasswordResult::not_checked);
}
