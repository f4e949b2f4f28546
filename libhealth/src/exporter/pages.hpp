#pragma once

#include "exporter/journal.hpp"
#include "exposition/exposition.hpp"

#include <array>
#include <memory>
#include <string>

namespace health::exporter {

/// The pages of /metrics, built when something has changed (process_* at most once a second) and shared by all
/// scrapes. For one thread.
class Pages {
public:
    using Page = std::shared_ptr<const std::string>;

    explicit Pages(const Journal& journal) : journal_(journal) {}

    Page get(exposition::Format format, bool gzipped);

private:
    void forget_old_ones();

    const Journal& journal_;
    std::array<std::array<Page, 2>, 2> pages_;
    std::uint64_t version_ = 0;
    Clock::time_point begun_;
    exposition::Telemetry telemetry_;
    exposition::ProcessStats process_;
};

} // namespace health::exporter
