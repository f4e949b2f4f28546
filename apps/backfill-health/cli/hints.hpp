#pragma once

#include <base/hint.hpp>

#include <string>
#include <string_view>

namespace cli {

/// The health::HintTexts of the program: the only place that names flags, variables and commands in hints of the
/// library.
std::string hint_text(const health::Hint& hint);

/// The same for what is wrong with a command line or a configuration file.
namespace hints {

inline constexpr const char* add_thresholds = "add max-missing or min-coverage to its entry in the configuration file";
inline constexpr const char* check_grouping = "check --by";
inline constexpr const char* choose_configuration = "name another one with --config, or none with --config=";
inline constexpr const char* choose_different_fields = "they must be different fields";
inline constexpr const char* keep_one_place = "keep one of them; --config= reads no file";
inline constexpr const char* list_backfills = "backfill-health config lists them";
inline constexpr const char* list_commands = "--help lists the commands";
inline constexpr const char* list_options = "--help lists the options";
inline constexpr const char* list_values = "--help shows which options take a value";
inline constexpr const char* name_earlier_report = "name it with --compare FILE";
inline constexpr const char* name_validate_report = "it must be the text or JSON output of an earlier validate";
inline constexpr const char* overwrite_objects = "without --no-overwrite it is replaced";
inline constexpr const char* start_kibana =
    "Start one there, or name it with --kibana-url (KIBANA_URL), and run bootstrap again";
inline constexpr const char* use_population = "use population";
inline constexpr const char* write_store_url = "write it like https://host:9200, or file:DIR for a folder";

/// `variable` belongs to the service that has the other of the two.
std::string add_password(std::string_view variable);
std::string add_username(std::string_view variable);
std::string list_options_of(std::string_view command);
std::string list_words_of(std::string_view command);

} // namespace hints

/// From now on hints name the keys of this configuration file, and not the flags of a backfill. Called before there are
/// other threads.
void name_backfills_file(const std::string& file);
/// From now on hints name this as the place of the store's URL, such as "--es-url". Called before there are other
/// threads.
void name_store_url(const std::string& place);

} // namespace cli
