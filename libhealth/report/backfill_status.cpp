#include <report/backfill_status.hpp>

#include <base/printable.hpp>
#include <model/names.hpp>
#include <report/outlook.hpp>

#include <fmt/format.h>

namespace health {

using State = BackfillStatus::State;

std::string remark_on_arrivals(const Backfill& backfill, const Snapshot& snapshot) {
    if (snapshot.arrivals && snapshot.arrivals->missing > 0)
        return fmt::format("new documents arrive in {} without {}: the backfill alone will not finish", backfill.index,
                           printable(backfill.field));
    return remark(backfill, snapshot);
}

State state_of(const std::optional<Snapshot>& snapshot, bool failing) {
    if (failing)
        return State::failing;
    if (!snapshot)
        return State::not_measured;
    if (snapshot->population() == 0)
        return State::empty;
    if (is_done(*snapshot))
        return State::done;
    return snapshot->missing == 0 && total_broken(*snapshot) > 0 ? State::only_rules_broken : State::unfinished;
}

BackfillStatus status_of(const Backfill& backfill, const std::optional<Snapshot>& snapshot,
                         const Progress::Outlook& outlook, bool failing) {
    BackfillStatus out{.state = state_of(snapshot, failing), .missing = snapshot ? snapshot->missing : 0};
    switch (out.state) {
    case State::failing:
    case State::not_measured:
    case State::empty:
        break;
    case State::done:
        out.remark = remark_on_arrivals(backfill, *snapshot);
        break;
    case State::unfinished:
        out.time_left = describe_outlook(outlook, backfill);
        [[fallthrough]];
    case State::only_rules_broken:
        out.broken_rules = describe_broken(*snapshot);
        break;
    }
    return out;
}

BackfillStatus::Conclusion BackfillStatus::conclusion() const {
    switch (state) {
    case State::empty:
        return {"no document matches", ""};
    case State::done:
        return {remark.empty() ? "done" : "done, but " + remark, ""};
    case State::only_rules_broken:
        return {"nothing missing, but ", broken_rules};
    case State::failing:
    case State::not_measured:
    case State::unfinished:
        break;
    }
    const bool both = !time_left.empty() && !broken_rules.empty();
    return {time_left + (both ? ", " : ""), broken_rules};
}

std::tuple<bool, bool, std::uint64_t> BackfillStatus::urgency() const {
    return {state != State::failing, state == State::done, ~missing};
}

} // namespace health
