#pragma once

#include <base/glyphs.hpp>
#include <model/backfill.hpp>
#include <model/breakdown.hpp>
#include <model/expectation.hpp>
#include <model/profile.hpp>
#include <model/sampling.hpp>
#include <model/snapshot.hpp>
#include <report/report.hpp>

#include <optional>
#include <string>
#include <vector>

namespace health {

/// Everything that `validate` was asked for and found out.
struct Assessment {
    Snapshot now;
    bool compared = false;
    std::optional<Snapshot> before{}; ///< none, although compared: the earlier report does not have this backfill
    struct ByField {
        Grouping grouping;
        Breakdown breakdown;
    };
    std::optional<Verification> verified{};
    std::optional<ByField> by{};
    std::optional<std::vector<SampleDocument>> samples{};
    std::optional<Rule> broken_rule{}; ///< that the samples break; none: they lack the field
    std::optional<Profile> profile{};
    std::optional<Profile> profile_before{}; ///< where compared, and the earlier report has one
    std::vector<std::string> unmet{};        ///< a sentence for each condition that does not hold
};

/// The verdict of the numbers; `check` also when a sampled document is wrong.
Verdict verdict(const Assessment& assessment);

/// The report; what came of verification, the comparison, late arrivals, the breakdown, the samples and the profile,
/// those that there are.
std::string text_assessment(const Backfill& backfill, const Assessment& assessment, Glyphs glyphs,
                            const VerdictText& verdict_text = plain_verdict);

/// One line, without the newline: report_members(), and "verified", "before" and "change", "arrived", "by",
/// "samples", "profile" where asked for.
std::string json_assessment(const Backfill& backfill, const Assessment& assessment);

/// For tickets and step summaries: https://github.github.com/gfm/
std::string markdown_assessment(const Backfill& backfill, const Assessment& assessment);

/// Workflow commands: a notice or warning for the verdict, an error for each condition that does not hold.
/// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
std::string github_annotations(const Backfill& backfill, const Assessment& assessment);

/// Whether a backfill's name begins those of its outputs, so that several can be told apart: invoices_verdict.
enum class OutputNames { plain, prefixed };

/// Lines `key=value` for the file that $GITHUB_OUTPUT names.
std::string github_outputs(const Backfill& backfill, const Assessment& assessment,
                           OutputNames names = OutputNames::plain);

} // namespace health
