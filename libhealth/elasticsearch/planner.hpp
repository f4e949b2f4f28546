#pragma once

#include <remote/service.hpp>

#include <cstddef>
#include <deque>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// What a caller asks about one backfill.
struct Question {
    std::size_t id = 0;    ///< chosen by the caller
    std::string key{};     ///< the same from one plan to the next
    std::string index;     ///< index expression
    std::size_t bytes = 0; ///< how much of an answer it is expected to take
    bool shares = true;    ///< may share a search with others on the same index expression
};

/// What has been learned from refusals, kept from one plan to the next.
struct Isolation {
    std::set<std::string> apart; ///< keys of those that need a search of their own
    std::set<std::string>
        alone; ///< keys of those that need a request of their own: what cannot be parsed fails a whole `_msearch`
    bool one_by_one = false;                ///< `_msearch` is switched off (rest.action.multi.allow_explicit_index)
    std::size_t largest_answer = 3U << 20U; ///< expected bytes: the client accepts a third more
};

/// The questions that one search answers, in the caller's order.
struct Search {
    std::vector<Question> questions;
    bool asked_again = false; ///< because the engine was busy
    bool suspect = false;     ///< a request that contained it was refused as a whole
};

/// Turns questions into few requests, and refused requests into smaller ones, until each question has its answer. A
/// state machine: it neither knows what a search looks like nor sends one.
///
/// What an engine refuses for its content, or because it is too large, is sent again in halves until the culprits are
/// found. A time-out, 429, 503 or an incomplete answer says nothing about the content, and is returned as it is.
class Planner {
public:
    /// `isolation` must outlive the planner.
    Planner(std::vector<Question> questions, Isolation& isolation);

    /// The searches of the next request; none when every question has its answer.
    std::span<const Search> next();

    struct Answered {
        std::vector<Question> questions;
        Result<remote::Answer> answer; ///< the answer to the search, or why there is none
    };

    /// Takes the answer to what next() gave. Returns the searches that it settles.
    std::vector<Answered> take(const Result<remote::Answer>& answer);

    /// Adds a question, to be asked when the waiting ones have their answers.
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
    bool several_; ///< whether there are several questions: a single one needs no isolation
    std::deque<Request> requests_;
    std::vector<Search> later_; ///< to be sent when no other request is left
};

} // namespace health::elasticsearch
