#include "pages.hpp"

#include "gzip.hpp"
#include "process_stats.hpp"

namespace health::exporter {

namespace {

constexpr auto longest_life = std::chrono::seconds(1);

}

Pages::Page Pages::get(exposition::Format format, bool gzipped) {
    forget_old_ones();
    Page& page = pages_.at(static_cast<std::size_t>(format)).at(gzipped ? 1 : 0);
    if (page == nullptr) {
        std::string text = exposition::expose(telemetry_, process_, format);
        page = std::make_shared<const std::string>(gzipped ? gzip(text) : std::move(text));
    }
    return page;
}

void Pages::forget_old_ones() {
    const auto now = Clock::now();
    const bool aged = now - begun_ >= longest_life;
    const std::uint64_t version = journal_.version();
    if (!aged && version == version_)
        return;
    pages_ = {};
    version_ = version;
    telemetry_ = journal_.telemetry();
    if (aged) {
        process_ = read_process_stats();
        begun_ = now;
    }
}

} // namespace health::exporter
