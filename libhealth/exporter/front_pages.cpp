#include <exporter/front_pages.hpp>

#include <exporter/page/front_page.hpp>

#include <utility>

namespace health::exporter {

FrontPages::FrontPages(const Journal& journal, std::string source) : journal_(journal), source_(std::move(source)) {
    update();
}

void FrontPages::update() {
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
    {
        const std::lock_guard lock(mutex_);
        if (overview_.page && Clock::now() >= overview_.until)
            overview_ = make();
        if (overview_.page)
            return overview_.page;
    }
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
