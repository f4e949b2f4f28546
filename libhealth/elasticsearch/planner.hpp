#pragma once

#include <remote/service.hpp>

#include <cstddef>
#include <deque>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// What somebody wants to know of one backfill.
struct Question {
    std::size_t id = 0;    ///< the asker's
    std::string key{};     ///< the same from one plan to the next
    std::string index;     ///< index expression
    std::size_t bytes = 0; ///< how much of an answer it is expected to take
    bool shares = true;    ///< one search may answer it and others on the same index expression
};

/// What refusals have taught, from one plan to the next.
struct Isolation {
    std::set<std::string> apart; ///< keys of those that need a search of their own
    std::set<std::string> alone; ///< and a request of their own: what cannot be parsed fails a whole `_msearch`
    bool one_by_one = false;     ///< `_msearch` is switched off (rest.action.multi.allow_explicit_index)
    std::size_t largest_answer = 3U << 20U; ///< expected bytes: the client takes a third more
};

/// The questions that one search answers, in the asker's order.
struct Search {
    std::vector<Question> questions;
    bool asked_again = false; ///< since the engine was busy
    bool suspect = false;     ///< a whole request with it was refused
};

/// Turns questions into few requests, and refused requests into smaller ones, until each question has its answer. A
/// state machine: it neither knows what a search looks like nor sends one.
///
/// What an engine refuses for its content, or because it is too large, is asked again by halves until the culprits are
/// found. A time-out, 429, 503 or an answer that is not whole says nothing of the content, and is what it is.
class Planner {
public:
    /// `isolation` lives longer than the planner.
    Planner(std::vector<Question> questions, Isolation& isolation);

    /// The searches of the next request; none when every question has its answer.
    std::span<const Search> next();

    struct Answered {
        std::vector<Question> questions;
        Result<remote::Answer> answer; ///< that of a search; or why there is none
    };

    /// Takes the answer to what next() gave. Returns the searches that it settles.
    std::vector<Answered> take(const Result<remote::Answer>& answer);

    /// One more question, which is asked when those that wait have their answers.
    void add(Question question);

private:
    using Request = std::vector<Search>;

    void plan(std::vector<Search> searches);
    void split(Request request, bool side_by_side);
    std::vector<Answered> take_parts(Request request, const remote::Answer& answer);
    std::vector<Answered> take_refusal(Request request, const remote::Answer& answer);
    std::vector<Answered> fail_all(const Error& error);
    void learn_size(std::size_t refused);

    Isolation& isolation_;
    bool several_; ///< questions: one alone need not be kept apart
    std::deque<Request> requests_;
    std::vector<Search> later_; ///< when there is no other request
};

} // namespace health::elasticsearch
