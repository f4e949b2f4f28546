// `serve` with a page of many series, which takes many backfills: large-page NUMBER FOLDER INDEX.
#include <base/log.hpp>
#include <exporter/exporter.hpp>
#include <ndjson/store.hpp>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

int main(int, char** arguments) {
    using namespace std::chrono_literals;
    health::Backfill backfill;
    backfill.index = arguments[3];
    backfill.population = {{.field = "category", .values = {"bills"}}};
    backfill.field = "dates";
    backfill.field_label = "dates[]";
    backfill.derived = {"expires_at"};
    std::vector<health::Backfill> backfills;
    for (int i = 0; i < std::atoi(arguments[1]); ++i) {
        backfill.name = "bills_" + std::to_string(i);
        backfills.push_back(backfill);
    }
    health::ExporterSettings settings{};
    settings.listen = "127.0.0.1:0";
    settings.refresh_interval = 15s;
    settings.timeout = 10s;
    settings.max_stale = 15min;
    health::log::configure(health::log::Level::info, health::log::Format::logfmt);
    const auto store = health::make_ndjson_store(arguments[2]);
    return health::serve(settings, backfills, *store) ? EXIT_SUCCESS : EXIT_FAILURE;
}
