#pragma once

#include <base/deadline.hpp>
#include <elasticsearch/api/send.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace health::elasticsearch {

/// The requests of an examination; `timeout` applies to each of them.
class Inquiry {
public:
    Inquiry(Send send, std::chrono::milliseconds timeout) : send_(std::move(send)), timeout_(timeout) {}

    [[nodiscard]] Deadline deadline() const { return Deadline::after(timeout_); }
    [[nodiscard]] const Send& send() const { return send_; }

    Result<remote::Answer> call(std::string method, std::string target, const boost::json::object& body = {});

    /// The body of a 2xx.
    Result<boost::json::object> post(std::string target, const boost::json::object& body);
    /// The same target is asked once: several backfills may have the same index.
    const Result<boost::json::object>& get(const std::string& target);

    /// The given parts of GET /INDEX, as filter_path names them; an empty object when the index does not exist.
    Result<boost::json::object> get_index(const std::string& path, std::string_view parts, std::string_view more = {});

private:
    Send send_;
    std::chrono::milliseconds timeout_;
    std::map<std::string, Result<boost::json::object>> seen_; ///< by target
};

} // namespace health::elasticsearch
