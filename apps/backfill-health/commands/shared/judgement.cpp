#include <commands/shared/judgement.hpp>

#include <base/numbers.hpp>
#include <cli/configuration/backfill_keys.hpp>
#include <cli/hints.hpp>
#include <report/comparison.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace cli {

namespace {

const Option max_missing{.name = backfill_key::max_missing,
                         .argument = "N",
                         .help = "exit with 1 when more than N documents lack the field"};
const Option min_coverage{.name = backfill_key::min_coverage,
                          .argument = "R",
                          .help = "exit with 1 when derived / field is below R (0 to 1)"};
const Option no_regression{.name = "no-regression",
                           .help = "exit with 1 when anything is worse than in --compare: more missing, fewer with a "
                                   "field, more that break a rule, or a coverage that is a percentage point lower"};
const Option thresholds{.name = "thresholds",
                        .help = "exit with 1 when max-missing or min-coverage of the configuration file is not met; "
                                "--max-missing and --min-coverage override them"};
const Option exit_code{.name = "exit-code", .help = "exit with 1 when the verdict is CHECK"};

} // namespace

Options judgement_options() {
    return {&max_missing, &min_coverage, &thresholds, &no_regression, &exit_code};
}

Judgement read_judgement(Settings& settings, const std::vector<health::Backfill>& backfills) {
    Judgement out{.max_missing = {},
                  .min_coverage = {},
                  .thresholds = settings.has_flag(thresholds),
                  .no_regression = settings.has_flag(no_regression),
                  .by_verdict = settings.has_flag(exit_code)};
    if (settings.is_given(max_missing))
        out.max_missing = settings.whole_number(max_missing, 0, std::numeric_limits<std::uint64_t>::max());
    if (settings.is_given(min_coverage))
        out.min_coverage = settings.number(min_coverage, 0, 1, "95 % is 0.95");
    const bool none_has_any = std::ranges::all_of(
        backfills, [](const health::Backfill& backfill) { return backfill.thresholds == health::Thresholds{}; });
    if (out.thresholds && none_has_any)
        settings.fail("--thresholds: no backfill has a threshold", hints::add_thresholds);
    return out;
}

/// A share that is below the least one must not read as if it were that one.
std::string describe_coverage_below(double least, const std::optional<double>& share) {
    constexpr double steps = health::steps_of_a_share;
    const bool rounded_too_far = share && std::round(*share * steps) / steps >= least;
    return health::describe_coverage(rounded_too_far ? std::floor(*share * steps) / steps : share);
}

std::vector<std::string> Judgement::unmet(const health::Backfill& backfill,
                                          const std::optional<health::Snapshot>& before,
                                          const health::Snapshot& now) const {
    std::vector<std::string> out;
    const health::Thresholds configured = thresholds ? backfill.thresholds : health::Thresholds{};
    const auto most = max_missing ? max_missing : configured.max_missing;
    const auto least = min_coverage ? min_coverage : configured.min_coverage;
    if (most && now.missing > *most)
        out.push_back(fmt::format("{} missing is more than {}{} {}", now.missing, max_missing ? "--" : "",
                                  backfill_key::max_missing, *most));
    const auto share = coverage(now);
    if (least && share.value_or(0) < *least)
        out.push_back(fmt::format("coverage {} is below {}{} {}", describe_coverage_below(*least, share),
                                  min_coverage ? "--" : "", backfill_key::min_coverage, *least));
    if (no_regression && !before)
        out.push_back(
            fmt::format("the earlier report does not have {}, and so a regression cannot be ruled out", backfill.name));
    if (no_regression && before)
        for (std::string& worse : regressions(backfill, *before, now))
            out.push_back(std::move(worse));
    return out;
}

} // namespace cli
