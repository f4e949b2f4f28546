#include <elasticsearch/refresh.hpp>

#include <base/encoding.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/index_path.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace health::elasticsearch {

namespace {

/// An index expression, or a part of one that is too long for a request line.
struct RefreshPart {
    std::string expression;
    std::string path;                 ///< the same, encoded
    std::vector<std::size_t> members; ///< the backfills that use it
};

/// An exclusion ("-name") removes from everything before it, so the expression cannot be joined with others.
bool stands_alone(std::string_view expression) {
    return expression.find(",-") != std::string_view::npos;
}

/// The parts of an expression, each as long as a request line allows.
std::vector<std::string> split_expression(const std::string& expression) {
    const auto path = index_path(expression);
    if (!path || path->size() <= longest_index_path || stands_alone(expression))
        return {expression};
    std::vector<std::string> out;
    std::size_t size = 0;
    for (const std::string_view name : split(expression, ',')) {
        const std::size_t more = 1 + percent_encode(name, "*").size();
        if (out.empty() || size + more > longest_index_path) {
            out.emplace_back(name);
            size = more;
        } else {
            out.back().append(",").append(name);
            size += more;
        }
    }
    return out;
}

class Refresh {
public:
    Refresh(const Send& send, std::span<const Backfill> backfills, const Deadline& deadline)
        : send_(send), backfills_(backfills), deadline_(deadline), out_(backfills.size()) {}

    std::vector<Result<void>> run() {
        std::vector<RefreshPart> parts = list();
        for (auto begin = parts.begin(); begin != parts.end();) {
            std::size_t size = begin->path.size();
            auto end = begin + 1;
            while (end != parts.end() && !stands_alone(begin->expression) && !stands_alone(end->expression) &&
                   size + 1 + end->path.size() <= longest_index_path)
                size += 1 + (end++)->path.size();
            refresh({begin, end});
            begin = end;
        }
        return std::move(out_);
    }

private:
    std::vector<RefreshPart> list() {
        std::vector<RefreshPart> parts;
        for (std::size_t i = 0; i < backfills_.size(); ++i) {
            for (std::string& expression : split_expression(backfills_[i].index)) {
                const auto path = index_path(expression);
                if (!path) {
                    out_[i] = path.error();
                    continue;
                }
                const auto found = std::ranges::find(parts, expression, &RefreshPart::expression);
                if (found == parts.end())
                    parts.push_back({.expression = std::move(expression), .path = *path, .members = {i}});
                else
                    found->members.push_back(i);
            }
        }
        return parts;
    }

    /// What is refused is sent again in halves, so that each index gets its own result.
    void refresh(std::span<const RefreshPart> parts) {
        std::vector<std::string_view> paths(parts.size());
        std::ranges::transform(parts, paths.begin(), &RefreshPart::path);
        const auto answer = send_({.method = "POST",
                                   .target = fmt::format("/{}/_refresh?allow_no_indices=false", join(paths, ",")),
                                   .headers = {},
                                   .body = {}},
                                  deadline_, nullptr);
        const bool whole = !answer || answer->response.status == 401 || answer->response.status == 429 ||
                           answer->response.status >= 500;
        if (whole || parts.size() == 1) {
            for (const RefreshPart& part : parts)
                for (const std::size_t i : part.members)
                    record(i, answer);
            return;
        }
        if (check_refreshed("", *answer))
            return;
        refresh(parts.first(parts.size() / 2));
        refresh(parts.subspan(parts.size() / 2));
    }

    void record(std::size_t i, const Result<remote::Answer>& answer) {
        if (!out_[i])
            return;
        const std::string action = fmt::format("cannot refresh {}", printable(backfills_[i].index, 80));
        out_[i] = answer ? check_refreshed(action, *answer) : with_context(action, answer.error());
    }

    const Send& send_;
    std::span<const Backfill> backfills_;
    const Deadline& deadline_;
    std::vector<Result<void>> out_;
};

} // namespace

std::vector<Result<void>> refresh(const Send& send, std::span<const Backfill> backfills, const Deadline& deadline) {
    return Refresh(send, backfills, deadline).run();
}

} // namespace health::elasticsearch
