#pragma once

#include <exporter/front_pages.hpp>
#include <exporter/historian.hpp>
#include <exporter/journal.hpp>
#include <exporter/pages.hpp>
#include <exporter/refresher.hpp>
#include <http/server.hpp>

namespace health::exporter {

/// In the answer to /readyz?store, for whoever needs to know whether it is the store that they mean. It names no host:
/// probes need no password.
inline constexpr std::string_view store_header = "Backfill-Health-Store";

/// What the exporter answers. For one thread, but for the refreshes.
class Routes {
public:
    Routes(const Journal& journal, Refresher& refresher, Historian& historian, Pages& pages, FrontPages& front_pages,
           bool measure_on_scrape)
        : journal_(journal), refresher_(refresher), historian_(historian), pages_(pages), front_pages_(front_pages),
          measure_on_scrape_(measure_on_scrape) {}

    /// What asks whether the process lives or is ready, and may have no password.
    static bool is_probe(const http::Head& head) { return head.path == "/healthz" || head.path == "/readyz"; }

    http::Outcome operator()(const http::ServerRequest& request);

private:
    http::Outcome metrics(const http::Head& head);
    [[nodiscard]] http::Deferred refresh() const;
    [[nodiscard]] http::Outcome ready(const http::Head& head) const;
    [[nodiscard]] http::ServerResponse front_page(const http::Head& head) const;

    const Journal& journal_;
    Refresher& refresher_;
    Historian& historian_;
    Pages& pages_;
    FrontPages& front_pages_;
    bool measure_on_scrape_;

    struct Representation {
        exposition::Format format = exposition::Format::text;
        bool gzipped = false;
    };
    /// Scrapers ask for the same every time: what the last one asked for, and what it means.
    struct Negotiated {
        std::string accept;
        std::string accept_encoding;
        Representation representation;
    };
    Representation negotiate(const http::Head& head);
    Negotiated negotiated_;
};

} // namespace health::exporter
