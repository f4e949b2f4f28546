#pragma once

#include <cli/settings.hpp>
#include <kibana/kibana.hpp>
#include <model/backfill.hpp>
#include <model/finding.hpp>
#include <store/store.hpp>
#include <terminal/console.hpp>
#include <terminal/terminal.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// Checks everything that the commands use: `doctor`, and the last step of `bootstrap`.
struct Checkup {
    std::vector<health::Backfill> backfills;
    std::string health_index;
    std::shared_ptr<health::Store> store;
    std::chrono::milliseconds timeout; ///< of each look
    std::string listen;
    bool serve_expected = false;            ///< its address was given, so its absence is a problem
    std::shared_ptr<health::Kibana> kibana; ///< none when it is left out
    bool kibana_expected = false;
    Paint paint;
};

Options checkup_options();
Checkup read_checkup(Settings& settings, bool with_kibana);

health::Examination run_checks(const Checkup& checkup);

/// A line for each finding, and one that counts them; when quiet, only what is wrong.
std::string to_text(const health::Examination& examination, const Paint& paint);

/// The exit status of `doctor`.
ExitStatus status_of(const health::Examination& examination);

} // namespace cli
