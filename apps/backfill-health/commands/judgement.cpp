#include <commands/judgement.hpp>

#include <base/numbers.hpp>
#include <report/comparison.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

const Option max_missing_option{"max-missing", "N", "", "", "exit 1 when more documents are missing the field"};
const Option min_coverage_option{"min-coverage", "R", "", "", "exit 1 when derived / field is below R (0 to 1)"};
const Option no_regression_option{
    "no-regression", "", "", "",
    "exit 1 when anything is worse than in --compare: more missing, fewer with a field, a coverage a point lower"};
const Option exit_code{"exit-code", "", "", "", "exit 1 when the verdict is CHECK"};

} // namespace

Options judgement_options() {
    return {&max_missing_option, &min_coverage_option, &no_regression_option, &exit_code};
}

Result<Judgement> read_judgement(const Arguments& arguments) {
    Judgement out{.max_missing = {},
                  .min_coverage = {},
                  .no_regression = arguments.has(no_regression_option),
                  .by_verdict = arguments.has(exit_code)};
    if (const auto text = arguments.flag(max_missing_option)) {
        out.max_missing = health::parse_number<std::uint64_t>(*text);
        if (!out.max_missing)
            return Error{ErrorKind::usage, fmt::format("--max-missing: \"{}\" is not a whole number", *text), ""};
    }
    if (const auto text = arguments.flag(min_coverage_option)) {
        out.min_coverage = health::parse_number<double>(*text);
        if (!out.min_coverage || !(*out.min_coverage >= 0 && *out.min_coverage <= 1))
            return Error{ErrorKind::usage, fmt::format("--min-coverage: \"{}\" is not a number from 0 to 1", *text),
                         "95 % is 0.95"};
    }
    return out;
}

std::vector<std::string> Judgement::broken(const health::Backfill& backfill,
                                           const std::optional<health::Snapshot>& before,
                                           const health::Snapshot& now) const {
    std::vector<std::string> out;
    if (max_missing && now.missing > *max_missing)
        out.push_back(fmt::format("{} missing is more than --max-missing {}", now.missing, *max_missing));
    const auto share = coverage(now);
    if (min_coverage && share.value_or(0) < *min_coverage)
        out.push_back(fmt::format("coverage {} is below --min-coverage {}",
                                  share ? fmt::format("{:.4f}", *share) : "n/a", *min_coverage));
    if (no_regression && before)
        for (std::string& worse : regressions(backfill, *before, now))
            out.push_back(std::move(worse));
    return out;
}

} // namespace cli
