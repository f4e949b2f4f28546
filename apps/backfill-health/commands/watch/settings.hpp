#pragma once

#include <base/glyphs.hpp>
#include <commands/shared/emission.hpp>
#include <model/backfill.hpp>
#include <store/store.hpp>
#include <terminal/terminal.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace cli {

struct WatchSettings {
    /// A view that is drawn again and again, or a line for each measurement.
    enum class Output { screen, text, json };

    std::vector<health::Backfill> backfills;
    std::shared_ptr<health::Store> store;
    std::chrono::milliseconds timeout{};
    std::chrono::milliseconds interval{};
    bool until_done = false;
    std::optional<std::chrono::milliseconds> give_up_after;
    Emission emission;
    std::optional<std::chrono::milliseconds> emit_every;
    Output output = Output::text;
    health::Glyphs glyphs = health::Glyphs::ascii;
    Paint paint;
};

} // namespace cli
