#include <elasticsearch/measure.hpp>

#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/ask_all.hpp>
#include <elasticsearch/measurement.hpp>
#include <elasticsearch/prepared_queries.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::elasticsearch {

std::vector<Result<Snapshot>> measure(const Send& send, std::span<const Backfill> backfills, Isolation& isolation,
                                      const Deadline& deadline) {
    std::vector<Result<Snapshot>> out(backfills.size());
    std::vector<Question> questions;
    const auto prepared = prepare_queries(send, backfills, deadline);
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        const Backfill& backfill = backfills[i];
        if (const auto path = index_path(backfill.index); !path)
            out[i] = path.error();
        else if (!prepared[i])
            out[i] = prepared[i].error();
        else
            questions.push_back({.id = i,
                                 .key = fmt::format("{}\n{}", backfill.name, backfill.index),
                                 .index = backfill.index,
                                 .bytes = expected_bytes(backfill)});
    }
    const auto of = [&](std::span<const Question> asked) {
        MeasuredBackfills found;
        for (const Question& question : asked)
            found.emplace_back(&backfills[question.id], prepared[question.id]->broken, prepared[question.id]->arrivals);
        return found;
    };
    Planner planner(std::move(questions), isolation);
    ask_all(
        send, planner, deadline, [&](std::span<const Question> asked) { return measurement(of(asked)); },
        [&](const Planner::Answered& answered) {
            const MeasuredBackfills asked = of(answered.questions);
            const auto snapshots =
                answered.answer
                    ? to_snapshots(asked, *answered.answer, now_in_seconds())
                    : std::vector<Result<Snapshot>>(
                          asked.size(), with_context(measure_action(*asked.front().backfill), answered.answer.error()));
            for (std::size_t i = 0; i < asked.size(); ++i)
                out[answered.questions[i].id] = snapshots[i];
        });
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        if (!prepared[i])
            continue;
        if (out[i])
            out[i]->unmapped = prepared[i]->unmapped;
        else if (out[i].error().kind == ErrorKind::rejected)
            out[i] = attribute_to_rule(send, backfills[i], *prepared[i], out[i].error(), deadline);
    }
    return out;
}

} // namespace health::elasticsearch
