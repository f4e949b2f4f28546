#include <commands/verification/verification.hpp>

#include <base/text.hpp>
#include <commands/verification/sampled_truth.hpp>
#include <terminal/console.hpp>

#include <fmt/format.h>

#include <limits>
#include <random>
#include <string_view>

namespace cli::verification {

namespace {

const Option verify_option{
    .name = "verify",
    .argument = "N",
    .help = "compare N random documents that have the field with what --expect says; all of them if there are fewer"};
const Option expect{.name = "expect",
                    .argument = "COMMAND",
                    .help =
                        "for /bin/sh: it reads documents, a line of JSON each, and prints a line for each, an object "
                        "with the values that the field and the derived fields should have"};
const Option seed{
    .name = "seed", .argument = "S", .help = "the same seed selects the same documents as long as nothing is written"};

/// In JSON, larger numbers are not the same to every reader.
constexpr std::uint64_t largest_seed = (std::uint64_t{1} << 53U) - 1;

/// Short enough to be typed again.
std::uint64_t random_seed() {
    return std::random_device()() % std::numeric_limits<std::int32_t>::max();
}

} // namespace

Options options() {
    return {&verify_option, &expect, &seed};
}

std::optional<Request> read(Settings& settings, const std::vector<health::Backfill>& backfills) {
    if (!settings.is_given(verify_option)) {
        for (const Option* option : {&expect, &seed})
            if (settings.is_given(*option))
                settings.fail(fmt::format("--{} needs --verify N", option->name), "say how many documents to compare");
        return std::nullopt;
    }
    Request out{.documents = settings.whole_number(verify_option, 1, health::max_samples)};
    out.seed = settings.is_given(seed) ? settings.whole_number(seed, 0, largest_seed) : random_seed();
    if (settings.is_given(expect))
        out.command = settings.required_text(expect);
    else
        settings.fail("--verify needs --expect COMMAND", "the command prints what each document should have");
    if (backfills.size() > 1)
        settings.fail(fmt::format("--verify is for one backfill at a time, and there are {}", backfills.size()),
                      "name one of them");
    return out;
}

Result<health::Verification> verify(health::Store& store, const health::Backfill& backfill, const Request& request,
                                    std::chrono::milliseconds timeout) {
    // What the command says on stderr must not continue the line there that counts the seconds.
    if (const auto erased = print(""); !erased)
        return erased.error();
    return SampledTruth(store, backfill, request, timeout).verify();
}

void complain_about(const health::Backfill& backfill, const health::Verification& verification) {
    using health::count_of;
    if (verification.sampled == 0 && verification.gone == 0)
        complain(fmt::format("no document has {}: there is nothing to verify", backfill.field_label));
    const auto note = [](std::string_view what, std::uint64_t documents) {
        if (documents > 0)
            complain(fmt::format("{}: {}", what, count_of(documents, "document")));
    };
    note("left out, because they were deleted or have lost the field in the meantime", verification.gone);
    note("left out, because --expect says nothing about them", verification.not_judged);
    note("judged again, because they have changed in the meantime", verification.judged_again);
    note("counted as wrong, although they changed each time that they were read", verification.still_changing);
    if (verification.wrong == 0)
        return;
    complain(fmt::format("{} of {} not as expected; --seed {} draws them again{}", verification.wrong,
                         count_of(verification.sampled, "document"), verification.seed,
                         verification.wrong > health::max_examples ? "; the first of them:" : ":"));
    for (const health::Mismatch& mismatch : verification.examples)
        complain(describe(backfill, mismatch));
}

} // namespace cli::verification
