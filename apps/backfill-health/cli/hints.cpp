#include <cli/hints.hpp>

#include <exporter/remedy.hpp>
#include <http/remedy.hpp>
#include <kibana/remedy.hpp>
#include <model/names.hpp>
#include <store/remedy.hpp>
#include <web/remedy.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

namespace exporter = health::exporter;
namespace http = health::http;
namespace kibana = health::kibana;
namespace web = health::web;
using health::Remedy;

std::string credentials(const std::string& source, std::string_view variables) {
    return source.empty() ? fmt::format("set {}", variables) : fmt::format("check {}", source);
}

/// The configuration file that has the backfills; empty: flags describe the one.
std::string& backfills_file() {
    static std::string file;
    return file;
}

/// A property of the backfill as the operator sets it: "--index (ES_EMAIL_INDEX)", or "index in FILE".
std::string property(std::string_view flag, std::string_view variable = {}) {
    if (!backfills_file().empty())
        return fmt::format("{} in {}", flag.substr(2), backfills_file());
    return variable.empty() ? std::string(flag) : fmt::format("{} ({})", flag, variable);
}

/// Where the URL of the store is given: "ES_URL", "--es-url", or "es-url in FILE".
std::string& store_url() {
    static std::string where = "ES_URL";
    return where;
}

std::string field_option(const std::string& role) {
    return role == health::role::field ? property("--field", "BACKFILL_FIELD")
                                       : property("--derived", "BACKFILL_DERIVED");
}

std::string text_of(http::Remedy remedy, const std::string& /*subject*/) {
    switch (remedy) {
    case http::Remedy::raise_timeout:
        return "raise --timeout";
    case http::Remedy::check_network_or_raise_timeout:
        return "check the URL and the network, or raise --timeout";
    case http::Remedy::trust_authority:
        return "pass its certificate authority with --ca-cert";
    case http::Remedy::complete_client_identity:
        return "give both --client-cert and --client-key";
    case http::Remedy::choose_listen_address:
        return "choose another address with --listen";
    }
    return {};
}

std::string text_of(web::Remedy remedy, const std::string& /*subject*/) {
    switch (remedy) {
    case web::Remedy::remove_key:
        return "remove it, or see docs/serve.md for the supported ones";
    case web::Remedy::list_values:
        return "docs/serve.md lists the supported ones";
    case web::Remedy::check_web_config:
        return "check --web.config.file (BACKFILL_HEALTH_WEB_CONFIG_FILE)";
    }
    return {};
}

std::string text_of(Remedy remedy, const std::string& subject) {
    switch (remedy) {
    case Remedy::raise_timeout:
        return text_of(http::Remedy::raise_timeout, subject);
    case Remedy::use_https:
        return fmt::format("use https in {}", store_url());
    case Remedy::verify_certificates:
        return "pass the certificate authority with --ca-cert instead of --insecure";
    case Remedy::engine_credentials:
        return credentials(subject, "ES_API_KEY, or ES_USERNAME and ES_PASSWORD");
    case Remedy::check_engine_url:
        return fmt::format("check {}", store_url());
    case Remedy::find_engine:
        return fmt::format("Elasticsearch is another server, usually on port 9200: check {}", store_url());
    case Remedy::check_folder:
        return fmt::format("check the folder in {}", store_url());
    case Remedy::create_folder:
        return fmt::format("check {}, or create it: mkdir -p '{}'", store_url(), subject);
    case Remedy::check_index:
        return fmt::format("check {}", property("--index", "ES_EMAIL_INDEX"));
    case Remedy::check_index_names:
        return fmt::format("check {} and --health-index", property("--index"));
    case Remedy::check_index_and_folder:
        return fmt::format("check {}, and the folder in {}", property("--index"), store_url());
    case Remedy::list_indices:
        return fmt::format("check {}; curl '{}/_cat/indices' lists the indices", property("--index", "ES_EMAIL_INDEX"),
                           subject);
    case Remedy::name_whole_index:
        return fmt::format("name the index itself with {} to count everything", property("--index"));
    case Remedy::name_one_index:
        return fmt::format("name one with {} if they have the same documents", property("--index"));
    case Remedy::remove_block:
        return "backfill-health doctor shows what blocks it, and how to remove the block";
    case Remedy::refresh_index:
        return fmt::format("validate --refresh; or {}", subject);
    case Remedy::check_population_and_index:
        return fmt::format("check {} and {}", property("--population", "BACKFILL_POPULATION"),
                           property("--index", "ES_EMAIL_INDEX"));
    case Remedy::choose_population_field:
        return fmt::format("choose another field with {}", property("--population"));
    case Remedy::add_exact_field:
        return fmt::format("add a keyword field to it, and name that with {}", property("--population"));
    case Remedy::use_population:
        return fmt::format("name {} with {}", subject, property("--population", "BACKFILL_POPULATION"));
    case Remedy::leave_nested_object:
        return fmt::format("measure a field outside of it with {}, or map it as object", field_option(subject));
    case Remedy::extend_mapping:
        return fmt::format("add it to the mapping, or check {}", field_option(subject));
    case Remedy::wait_for_first_run:
        return fmt::format("expected before the first run of the backfill; after it, check {}", field_option(subject));
    case Remedy::check_rule_field:
        return "check its name; doctor names the nearest field";
    case Remedy::check_derived:
        return fmt::format("check {}, and whether the backfill sets it", field_option(health::role::derived));
    case Remedy::check_indices_one_by_one:
        return fmt::format("check each index by itself with {}", property("--index"));
    case Remedy::choose_longer_interval:
        return fmt::format("choose a longer interval, such as --by {}:month", subject);
    case Remedy::choose_fewer_groups:
        return "choose a field with fewer, or group dates by month: --by FIELD:month";
    case Remedy::create_health_index:
        return "run create-index first";
    case Remedy::complete_health_index:
        return "backfill-health create-index";
    case Remedy::create_or_check_health_index:
        return "run create-index first, or check --health-index";
    case Remedy::choose_health_index:
        return "choose another with --health-index";
    case Remedy::open_health_index:
        return "open it, or choose another with --health-index";
    case Remedy::delete_health_index:
        return "delete it, or choose another with --health-index";
    case Remedy::store_snapshot:
        return "backfill-health emit";
    case Remedy::schedule_snapshots:
        return "run backfill-health emit, and check the hourly job that should do so, such as cron";
    case Remedy::choose_spool:
        return "choose another folder with --spool";
    case Remedy::snapshot_kept:
        return fmt::format("the snapshot is kept in {}; the next emit will store it", subject);
    case Remedy::snapshot_lost:
        return subject.empty()
                   ? "the snapshot is lost, because there is no folder to keep it in; choose one with --spool"
                   : fmt::format("the snapshot is lost: {}", subject);
    }
    return {};
}

std::string text_of(kibana::Remedy remedy, const std::string& subject) {
    switch (remedy) {
    case kibana::Remedy::kibana_credentials:
        return credentials(subject, "KIBANA_API_KEY, or KIBANA_USERNAME and KIBANA_PASSWORD");
    case kibana::Remedy::check_kibana_url:
        return "is it Kibana? check --kibana-url";
    case kibana::Remedy::check_kibana_url_and_space:
        return "is it Kibana, and does the space exist? check --kibana-url and --space";
    case kibana::Remedy::check_kibana_url_and_log:
        return "check --kibana-url, and Kibana's log";
    case kibana::Remedy::name_kibana:
        return "name it with --kibana-url (KIBANA_URL), if there is one";
    case kibana::Remedy::wait_for_kibana:
        return "Kibana is starting; try again in a minute, or with --wait 2m";
    case kibana::Remedy::create_space:
        return "create it in Kibana, or check --space (KIBANA_SPACE)";
    case kibana::Remedy::check_space_and_credentials:
        return "check --space (KIBANA_SPACE), and whether the credentials may use it";
    case kibana::Remedy::import_dashboard:
        return "import-dashboard replaces it";
    }
    return {};
}

std::string text_of(exporter::Remedy remedy, const std::string& subject) {
    switch (remedy) {
    case exporter::Remedy::free_listen_address:
        return "stop it, or give serve and doctor another --listen (BACKFILL_HEALTH_LISTEN)";
    case exporter::Remedy::check_listening:
        return "check that serve listens there";
    case exporter::Remedy::start_exporter:
        return "run backfill-health serve, or give its address with --listen (BACKFILL_HEALTH_LISTEN)";
    case exporter::Remedy::read_exporter_log:
        return "check the log of serve";
    case exporter::Remedy::restart_exporter:
        return fmt::format("start it with the same {}", property("--index", "ES_EMAIL_INDEX"));
    case exporter::Remedy::restart_exporter_on_store:
        return fmt::format("start it with the same {}", store_url());
    case exporter::Remedy::restart_exporter_with_backfill:
        return backfills_file().empty() ? "start it with the same --name (BACKFILL_NAME)"
                                        : fmt::format("start it with --config {}", backfills_file());
    case exporter::Remedy::measure_now:
        return fmt::format("it tries again by itself; to measure now: curl -X POST {}", subject);
    }
    return {};
}

/// Empty unless the hint is one of these remedies.
template <class... Remedies>
std::string text_of(const health::Hint& hint) {
    std::string out;
    const auto take = [&](const auto& remedy) {
        if (remedy)
            out = text_of(*remedy, hint.subject());
    };
    (take(hint.remedy<Remedies>()), ...);
    return out;
}

} // namespace

namespace hints {

std::string add_password(std::string_view variable) {
    return fmt::format("set {} or --password-file", variable);
}

std::string add_username(std::string_view variable) {
    return fmt::format("set {} or --username", variable);
}

std::string list_options_of(std::string_view command) {
    return fmt::format("backfill-health {} --help lists its options", command);
}

std::string list_words_of(std::string_view command) {
    return fmt::format("backfill-health {} --help shows what it takes", command);
}

} // namespace hints

void name_backfills_file(const std::string& file) {
    backfills_file() = file;
}

void name_store_url(const std::string& place) {
    store_url() = place;
}

std::string hint_text(const health::Hint& hint) {
    const std::string sentence = hint.sentence();
    return sentence.empty() ? text_of<http::Remedy, web::Remedy, Remedy, kibana::Remedy, exporter::Remedy>(hint)
                            : sentence;
}

} // namespace cli
