#include <elasticsearch/ask_all.hpp>

#include <elasticsearch/api/multi_search.hpp>

#include <boost/json.hpp>

namespace health::elasticsearch {

void ask_all(const Send& send, Planner& planner, const Deadline& deadline,
             const std::function<boost::json::object(std::span<const Question>)>& body,
             const std::function<void(const Planner::Answered&)>& on_answer) {
    for (auto searches = planner.next(); !searches.empty(); searches = planner.next()) {
        std::vector<SearchBody> bodies;
        for (const Search& search : searches)
            bodies.push_back({.index = search.questions.front().index, .body = body(search.questions)});
        const auto answer = send(search_request(bodies), deadline, all_are_busy);
        for (const Planner::Answered& answered : planner.take(answer))
            on_answer(answered);
    }
}

} // namespace health::elasticsearch
