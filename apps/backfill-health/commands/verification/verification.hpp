#pragma once

#include <cli/settings.hpp>
#include <commands/verification/request.hpp>
#include <model/backfill.hpp>
#include <model/expectation.hpp>
#include <store/store.hpp>

#include <chrono>
#include <optional>
#include <vector>

namespace cli::verification {

Options options();

/// None when it was not asked for. Fails when there are several backfills.
std::optional<Request> read(Settings& settings, const std::vector<health::Backfill>& backfills);

/// `timeout` is for each answer of the store, and for how long the command may be silent.
Result<health::Verification> verify(health::Store& store, const health::Backfill& backfill, const Request& request,
                                    std::chrono::milliseconds timeout);

/// What the report does not show, on stderr: some of the documents that are wrong, and those that say less than they
/// seem to.
void complain_about(const health::Backfill& backfill, const health::Verification& verification);

} // namespace cli::verification
