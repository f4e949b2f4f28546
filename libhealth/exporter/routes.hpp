#pragma once

#include <exporter/endpoints.hpp>
#include <exporter/front_pages.hpp>
#include <exporter/history_reader.hpp>
#include <exporter/pages.hpp>
#include <exporter/refresher.hpp>
#include <http/server.hpp>

namespace health::exporter {

/// The responses of the exporter. For one thread, except for the refreshes.
class Routes {
public:
    Routes(Refresher& refresher, HistoryReader& history_reader, Pages& pages, FrontPages& front_pages,
           bool measure_on_scrape, HintTexts hint_texts)
        : refresher_(refresher), history_reader_(history_reader), pages_(pages), front_pages_(front_pages),
          measure_on_scrape_(measure_on_scrape), hint_texts_(hint_texts) {}

    /// Liveness and readiness probes, which may have no password.
    static bool is_probe(const http::Head& head) {
        return head.path == endpoint::healthz || head.path == endpoint::readyz;
    }

    http::Outcome operator()(const http::ServerRequest& request);

private:
    http::Outcome metrics(const http::Head& head);
    [[nodiscard]] http::Deferred refresh() const;
    [[nodiscard]] http::Outcome ready(const http::Head& head);
    [[nodiscard]] http::ServerResponse front_page(const http::Head& head) const;

    Refresher& refresher_;
    HistoryReader& history_reader_;
    Pages& pages_;
    FrontPages& front_pages_;
    bool measure_on_scrape_;
    HintTexts hint_texts_;

    struct Representation {
        exposition::Format format = exposition::Format::text;
        bool gzipped = false;
    };
    /// Scrapers send the same headers every time: the last ones, and what they mean.
    struct Negotiated {
        std::string accept;
        std::string accept_encoding;
        Representation representation;
    };
    Representation negotiate(const http::Head& head);
    Negotiated negotiated_;
};

} // namespace health::exporter
