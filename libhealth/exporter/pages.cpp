#include <exporter/pages.hpp>

#include <exporter/process_stats.hpp>
#include <exposition/metrics.hpp>

namespace health::exporter {

namespace {

constexpr auto longest_life = std::chrono::seconds(1);

}

Pages::Pages(const Journal& journal) : journal_(journal) {
    update();
}

void Pages::update() {
    const std::lock_guard one_by_one(updating_);
    auto [telemetry, until, reason_not_ready] = journal_.exposed(Clock::now());
    const auto families = exposition::measured_families(telemetry);
    auto rendering = std::make_shared<Rendering>();
    rendering->until = until;
    rendering->reason_not_ready = std::move(reason_not_ready);
    for (const auto format : {exposition::Format::text, exposition::Format::openmetrics}) {
        std::string text = exposition::serialize(families, format);
        GzipPrefix gzipped(text);
        rendering->formats.push_back({.text = std::move(text), .gzipped = std::move(gzipped)});
    }
    const std::lock_guard lock(mutex_);
    latest_ = std::move(rendering);
}

std::shared_ptr<const Pages::Rendering> Pages::latest() {
    const std::lock_guard lock(mutex_);
    return latest_;
}

Pages::Page Pages::get(exposition::Format format, bool gzipped) {
    const auto now = Clock::now();
    auto rendering = latest();
    if (now >= rendering->until) {
        update();
        rendering = latest();
    }
    const bool aged = now - begun_ >= longest_life;
    if (aged || rendering != shown_) {
        pages_ = {};
        shown_ = std::move(rendering);
    }
    if (aged) {
        process_ = read_process_stats();
        begun_ = now;
    }
    Page& page = pages_.at(static_cast<std::size_t>(format)).at(gzipped ? 1 : 0);
    if (page == nullptr)
        page = make(format, gzipped);
    return page;
}

std::optional<std::string> Pages::reason_not_ready() {
    return latest()->reason_not_ready;
}

Pages::Page Pages::make(exposition::Format format, bool gzipped) const {
    const RenderedFormat& rendered = shown_->formats.at(static_cast<std::size_t>(format));
    std::string process = exposition::serialize(exposition::process_families(process_), format);
    process += exposition::end_of_page(format);
    http::ServerResponse response{.status = 200,
                                  .content_type = std::string(exposition::content_type(format)),
                                  .headers = {{"Vary", "Accept, Accept-Encoding"}},
                                  .body = std::make_shared<const std::string>(gzipped ? rendered.gzipped.with(process)
                                                                                      : rendered.text + process)};
    if (gzipped)
        response.headers.push_back({"Content-Encoding", "gzip"});
    return std::make_shared<const http::PreparedResponse>(std::move(response));
}

} // namespace health::exporter
