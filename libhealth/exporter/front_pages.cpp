#include <exporter/front_pages.hpp>

#include <exporter/page/front_page.hpp>

#include <utility>

namespace health::exporter {

FrontPages::FrontPages(const Journal& journal, std::string source) : journal_(journal), source_(std::move(source)) {
    update();
}

void FrontPages::update() {
    // One at a time: a page of an older state must not replace a newer one.
    const std::lock_guard making(making_);
    Overview overview = make();
    const std::lock_guard lock(mutex_);
    overview_ = std::move(overview);
}

FrontPages::Overview FrontPages::make() const {
    const View view = journal_.view(Clock::now());
    if (view.backfills.size() == 1)
        return {.page = nullptr, .until = view.until};
    return {.page = std::make_shared<const std::string>(render_front_page(view, source_, now_in_seconds())),
            .until = view.until};
}

std::shared_ptr<const std::string> FrontPages::front_page() {
    const auto current = [this] {
        const std::lock_guard lock(mutex_);
        return overview_;
    };
    Overview overview = current();
    if (overview.page && Clock::now() >= overview.until) {
        update();
        overview = current();
    }
    if (overview.page)
        return overview.page;
    return std::make_shared<const std::string>(
        render_front_page(journal_.view(Clock::now()), source_, now_in_seconds()));
}

std::shared_ptr<const std::string> FrontPages::page_of(std::string_view name) {
    const View view = journal_.view(Clock::now(), name);
    if (view.backfills.empty())
        return nullptr;
    return std::make_shared<const std::string>(render_page_of_one(view, source_, now_in_seconds()));
}

} // namespace health::exporter
