#pragma once

#include <base/gzip.hpp>
#include <exporter/journal.hpp>
#include <exposition/text_format.hpp>
#include <http/prepared_response.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace health::exporter {

/// The pages of /metrics. What was measured is formatted and compressed once, when it changes, off the server's thread;
/// what the process needs is added at most once a second. All scrapes in between share the same bytes.
class Pages {
public:
    using Page = std::shared_ptr<const http::PreparedResponse>;

    explicit Pages(const Journal& journal);

    /// Takes over the state of the journal. May be called on any thread.
    void update();

    /// On the server's thread.
    Page get(exposition::Format format, bool gzipped);

    /// Why the page has no current numbers: none when it has those of the latest measurement, of any backfill.
    std::optional<std::string> reason_not_ready();

private:
    struct RenderedFormat {
        std::string text;
        GzipPrefix gzipped;
    };
    struct Rendering {
        std::vector<RenderedFormat> formats;
        Clock::time_point until;
        std::optional<std::string> reason_not_ready;
    };

    std::shared_ptr<const Rendering> latest();
    [[nodiscard]] Page make(exposition::Format format, bool gzipped) const;

    const Journal& journal_;
    std::mutex updating_; ///< one after the other, so that what is rendered last is the latest state
    std::mutex mutex_;
    std::shared_ptr<const Rendering> latest_;

    std::shared_ptr<const Rendering> shown_;
    Clock::time_point begun_;
    exposition::ProcessStats process_;
    std::array<std::array<Page, 2>, 2> pages_;
};

} // namespace health::exporter
