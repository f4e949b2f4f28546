#include <elasticsearch/planner.hpp>

#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/multi_search.hpp>
#include <elasticsearch/api/parts.hpp>
#include <remote/status.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

namespace health::elasticsearch {

namespace {

/// What any item of an answer has besides the counts: status, shards and so on.
constexpr std::size_t search_bytes = 400;

std::size_t bytes_of(const Search& search) {
    return std::accumulate(search.questions.begin(), search.questions.end(), search_bytes,
                           [](std::size_t sum, const Question& question) { return sum + question.bytes; });
}

std::size_t bytes_of(std::span<const Search> searches) {
    return std::accumulate(searches.begin(), searches.end(), std::size_t{0},
                           [](std::size_t sum, const Search& search) { return sum + bytes_of(search); });
}

bool contains(const http::Response& response, std::string_view text) {
    return response.body.find(text) != std::string::npos;
}

/// Whether a smaller request would succeed.
bool is_too_large(const http::Response& response) {
    return response.too_large || response.status == 413 ||
           (response.status / 100 != 2 && remote::exceeds_bucket_limit(response));
}

/// Whether the query is at fault, and not the engine or the index. Within an aggregation, a query that is too expensive
/// is refused with 500 (search.allow_expensive_queries).
bool is_about_content(const http::Response& response) {
    if (response.status / 100 == 2 || remote::is_busy(response))
        return false;
    if (response.status != 400)
        return contains(response, "search.allow_expensive_queries") || contains(response, "too_many_clauses") ||
               contains(response, "too_many_nested_clauses");
    const std::string type = error_type(response);
    return type != "index_closed_exception" && type != "invalid_index_name_exception";
}

template <class T>
std::pair<std::vector<T>, std::vector<T>> halves(std::vector<T> list) {
    const auto middle = list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2);
    std::vector<T> second(std::make_move_iterator(middle), std::make_move_iterator(list.end()));
    list.erase(middle, list.end());
    return {std::move(list), std::move(second)};
}

std::pair<Search, Search> halves(Search search) {
    Search second = search;
    std::tie(search.questions, second.questions) = halves(std::move(search.questions));
    return {std::move(search), std::move(second)};
}

} // namespace

Planner::Planner(std::vector<Question> questions, Isolation& isolation)
    : isolation_(isolation), several_(questions.size() > 1) {
    std::vector<Search> searches;
    std::map<std::string, std::size_t> shared; // by index expression: the search that others may join
    std::vector<Search> alone;
    for (Question& question : questions) {
        if (isolation_.alone.contains(question.key)) {
            alone.push_back({.questions = {std::move(question)}});
            continue;
        }
        if (question.shares && !isolation_.apart.contains(question.key)) {
            const auto [found, added] = shared.try_emplace(question.index, searches.size());
            if (!added && bytes_of(searches[found->second]) + question.bytes <= isolation_.largest_answer) {
                searches[found->second].questions.push_back(std::move(question));
                continue;
            }
            found->second = searches.size();
        }
        searches.push_back({.questions = {std::move(question)}});
    }
    plan(std::move(searches));
    for (Search& search : alone)
        requests_.push_back({std::move(search)});
}

void Planner::plan(std::vector<Search> searches) {
    std::size_t size = 0;
    Request request;
    for (Search& search : searches) {
        const std::size_t more = bytes_of(search);
        if (!request.empty() && (isolation_.one_by_one || size + more > isolation_.largest_answer)) {
            requests_.push_back(std::exchange(request, {}));
            size = 0;
        }
        size += more;
        request.push_back(std::move(search));
    }
    if (!request.empty())
        requests_.push_back(std::move(request));
}

std::span<const Search> Planner::next() {
    if (requests_.empty())
        plan(std::exchange(later_, {}));
    return requests_.empty() ? std::span<const Search>() : requests_.front();
}

void Planner::add(Question question) {
    later_.push_back({.questions = {std::move(question)}});
}

std::vector<Planner::Answered> Planner::take(const Result<remote::Answer>& answer) {
    if (!answer)
        return fail_all(answer.error());
    Request request = std::move(requests_.front());
    requests_.pop_front();
    const http::Response& response = answer->response;
    return response.status / 100 == 2 && !is_too_large(response) ? take_parts(std::move(request), *answer)
                                                                 : take_refusal(std::move(request), *answer);
}

/// Without any answer, the next request would not get one, either.
std::vector<Planner::Answered> Planner::fail_all(const Error& error) {
    std::vector<Answered> out;
    requests_.push_back(std::exchange(later_, {}));
    for (Request& request : requests_)
        for (Search& search : request)
            out.push_back({.questions = std::move(search.questions), .answer = error});
    requests_.clear();
    return out;
}

std::vector<Planner::Answered> Planner::take_refusal(Request request, const remote::Answer& answer) {
    const bool too_large = is_too_large(answer.response);
    const bool content = is_about_content(answer.response);
    const bool splittable = request.size() > 1 || request.front().questions.size() > 1;
    if (splittable && (too_large || content)) {
        if (too_large)
            learn_size(bytes_of(request));
        if (request.size() > 1 && contains(answer.response, "explicit index in multi"))
            isolation_.one_by_one = true;
        for (Search& search : request)
            search.suspect = !too_large;
        // What a shard refuses fails alone; what cannot be parsed fails everything in the same request.
        split(std::move(request), !too_large && error_type(answer.response) == "search_phase_execution_exception");
        return {};
    }
    if (content && several_)
        (request.front().suspect ? isolation_.alone : isolation_.apart).insert(request.front().questions.front().key);
    std::vector<Answered> out;
    for (Search& search : request)
        out.push_back({.questions = std::move(search.questions), .answer = answer});
    return out;
}

void Planner::split(Request request, bool side_by_side) {
    if (isolation_.one_by_one && request.size() > 1) {
        for (auto search = request.rbegin(); search != request.rend(); ++search)
            requests_.push_front({std::move(*search)});
        return;
    }
    if (request.size() > 1) {
        auto [first, second] = halves(std::move(request));
        requests_.push_front(std::move(second));
        requests_.push_front(std::move(first));
        return;
    }
    auto [first, second] = halves(std::move(request.front()));
    if (side_by_side && !isolation_.one_by_one) {
        requests_.push_front({std::move(first), std::move(second)});
    } else {
        requests_.push_front({std::move(second)});
        requests_.push_front({std::move(first)});
    }
}

std::vector<Planner::Answered> Planner::take_parts(Request request, const remote::Answer& answer) {
    const auto parts = answers_in(answer, request.size());
    const auto busy = [](const remote::Answer& part) {
        return remote::is_busy(part.response) && !is_too_large(part.response);
    };
    // If all are busy, the retries are used up.
    const bool all_busy = std::ranges::all_of(parts, busy);
    std::vector<Answered> out;
    for (std::size_t i = 0; i < request.size(); ++i) {
        Search& search = request[i];
        const http::Response& response = parts[i].response;
        if (busy(parts[i]) && !search.asked_again && !all_busy) {
            search.asked_again = true;
            later_.push_back(std::move(search));
            continue;
        }
        const bool too_large = is_too_large(response);
        const bool content = is_about_content(response);
        if ((too_large || content) && search.questions.size() > 1) {
            if (too_large)
                learn_size(bytes_of(search));
            auto [first, second] = halves(std::move(search));
            later_.push_back(std::move(first));
            later_.push_back(std::move(second));
            continue;
        }
        if (content && several_)
            isolation_.apart.insert(search.questions.front().key);
        out.push_back({.questions = std::move(search.questions), .answer = parts[i]});
    }
    return out;
}

void Planner::learn_size(std::size_t refused) {
    isolation_.largest_answer = std::min(isolation_.largest_answer, refused / 2);
}

} // namespace health::elasticsearch
