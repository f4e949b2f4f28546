#pragma once

#include <base/gzip.hpp>
#include <exporter/journal.hpp>
#include <exposition/text_format.hpp>
#include <http/prepared.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace health::exporter {

/// The pages of /metrics. What was measured is formatted and compressed once, when it changes, off the server's thread;
/// what the process needs is added at most once a second. All scrapes in between share the same bytes.
class Pages {
public:
    using Page = std::shared_ptr<const http::Prepared>;

    explicit Pages(const Journal& journal);

    /// Takes over the state of the journal. May be called on any thread.
    void update();

    /// On the server's thread.
    Page get(exposition::Format format, bool gzipped);

private:
    struct Measured {
        std::string text;
        GzipPrefix gzipped;
    };
    struct Edition {
        std::vector<Measured> formats;
        Clock::time_point until;
    };

    std::shared_ptr<const Edition> latest();
    [[nodiscard]] Page make(exposition::Format format, bool gzipped) const;

    const Journal& journal_;
    std::mutex mutex_;
    std::shared_ptr<const Edition> latest_;

    std::shared_ptr<const Edition> shown_;
    Clock::time_point begun_;
    exposition::ProcessStats process_;
    std::array<std::array<Page, 2>, 2> pages_;
};

} // namespace health::exporter
