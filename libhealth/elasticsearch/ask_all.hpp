#pragma once

#include <base/deadline.hpp>
#include <elasticsearch/api/send.hpp>
#include <elasticsearch/planner.hpp>

#include <boost/json/object.hpp>

#include <functional>

namespace health::elasticsearch {

/// Sends the planner's requests until every question has its answer. `body` makes the search for some questions, and
/// `on_answer` receives its answer.
void ask_all(const Send& send, Planner& planner, const Deadline& deadline,
             const std::function<boost::json::object(std::span<const Question>)>& body,
             const std::function<void(const Planner::Answered&)>& on_answer);

} // namespace health::elasticsearch
