#pragma once

#include <exporter/journal.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace health::exporter {

/// The pages for people. The overview of several backfills is made when a measurement ends, and not for each viewer;
/// the page of one is short, and has ages.
class FrontPages {
public:
    FrontPages(const Journal& journal, std::string source);

    /// Takes over the state of the journal. May be called on any thread.
    void update();

    std::shared_ptr<const std::string> front_page();
    /// None when no backfill has that name.
    std::shared_ptr<const std::string> page_of(std::string_view name);

private:
    struct Overview {
        std::shared_ptr<const std::string> page; ///< none of a single backfill
        Clock::time_point until;
    };

    [[nodiscard]] Overview make() const;

    const Journal& journal_;
    std::string source_;
    std::mutex making_;
    std::mutex mutex_; ///< never held while a page is made
    Overview overview_;
};

} // namespace health::exporter
