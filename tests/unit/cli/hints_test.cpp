#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <exporter/remedy.hpp>
#include <http/remedy.hpp>
#include <kibana/remedy.hpp>
#include <store/remedy.hpp>
#include <web/remedy.hpp>

#include <doctest/doctest.h>

#include <cctype>
#include <set>

using health::Hint;
using health::Remedy;

namespace {

/// Of an enumeration up to its last one.
template <class Remedies>
void add_all(Remedies last, std::vector<Hint>& out) {
    for (int i = 0; i <= static_cast<int>(last); ++i)
        out.emplace_back(static_cast<Remedies>(i), "SUBJECT");
}

std::vector<Hint> all_remedies() {
    std::vector<Hint> out;
    add_all(health::http::Remedy::choose_listen_address, out);
    add_all(health::web::Remedy::list_values, out);
    add_all(Remedy::snapshot_lost, out);
    add_all(health::kibana::Remedy::import_dashboard, out);
    add_all(health::exporter::Remedy::measure_now, out);
    return out;
}

/// The words of a sentence that begin with one of these.
std::vector<std::string> words_with(std::string_view text, const std::vector<std::string_view>& beginnings) {
    const auto is_part = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    };
    std::vector<std::string> out;
    for (const std::string_view beginning : beginnings)
        for (auto at = text.find(beginning); at != std::string_view::npos; at = text.find(beginning, at + 1)) {
            auto end = at + beginning.size();
            while (end < text.size() && is_part(text[end]))
                ++end;
            if (at == 0 || !is_part(text[at - 1]))
                out.emplace_back(text.substr(at, end - at));
        }
    return out;
}

} // namespace

TEST_CASE("every remedy has a short sentence, which names what exists") {
    std::set<std::string> known;
    for (const cli::Command& command : cli::all_commands())
        for (const cli::Option* option : command.options + cli::common_options()) {
            known.insert(fmt::format("--{}", option->name));
            known.emplace(option->variable);
            known.emplace(option->content_variable);
        }
    known.insert({"KIBANA_API_KEY", "KIBANA_USERNAME", "KIBANA_PASSWORD"});
    for (const Hint& hint : all_remedies()) {
        const std::string text = cli::hint_text(hint);
        CAPTURE(text);
        CHECK_FALSE(text.empty());
        CHECK(text.size() <= 135); // half a line
        for (const std::string& name : words_with(text, {"--", "ES_", "BACKFILL_", "KIBANA_"}))
            CHECK(known.contains(name));
    }
}

TEST_CASE("credentials are named by what they were given by") {
    CHECK(cli::hint_text({Remedy::engine_credentials, "ES_API_KEY_FILE"}) == "check ES_API_KEY_FILE");
    CHECK(cli::hint_text(Remedy::engine_credentials).starts_with("set ES_API_KEY"));
    CHECK(cli::hint_text(health::kibana::Remedy::kibana_credentials).starts_with("set KIBANA_API_KEY"));
}

TEST_CASE("the two kinds of fields have two options") {
    CHECK(cli::hint_text({Remedy::extend_mapping, "field"}).ends_with("--field (BACKFILL_FIELD)"));
    CHECK(cli::hint_text({Remedy::extend_mapping, "derived"}).ends_with("--derived (BACKFILL_DERIVED)"));
}
