#pragma once

#include "arguments.hpp"
#include "console.hpp"
#include "terminal.hpp"

#include <health/backfill.hpp>
#include <health/finding.hpp>
#include <health/kibana.hpp>
#include <health/store.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cli {

/// A look at everything that the commands use: the work of `doctor`, and the end of `bootstrap`.
struct Checkup {
    health::Backfill backfill;
    std::string health_index;
    std::shared_ptr<health::Store> store;
    std::chrono::milliseconds timeout; ///< of each look
    std::string listen;
    bool serve_expected = false;            ///< its address was given: that nothing is there is a problem
    std::shared_ptr<health::Kibana> kibana; ///< none when it is left out
    bool kibana_expected = false;
    bool as_json = false;
    Paint paint;
};

Options checkup_options();
Result<Checkup> read_checkup(const Arguments& arguments, bool with_kibana);

/// Prints what it finds; the exit status of `doctor`.
ExitStatus check_up(const Checkup& checkup);

} // namespace cli
