#pragma once

#include <concepts>
#include <string>
#include <utility>

namespace health {

/// What would help, as a fact. Only the program knows which flag, variable or command that means, and provides the
/// sentences: set_hint_texts(). The comments give the subject of a hint in brackets.
enum class Remedy {
    none,
    text, ///< [the sentence itself, where no setting of ours is involved]

    // The connection
    raise_timeout,
    check_network_or_raise_timeout,
    use_https,
    trust_authority,          ///< that signed the server's certificate
    verify_certificates,      ///< verification is off
    complete_client_identity, ///< certificate and key go together
    engine_credentials,       ///< [where they came from; empty: none were given]
    kibana_credentials,       ///< [the same]

    choose_configuration, ///< another file, or none

    // The engine, or the folder, and the index
    check_engine_url,
    find_engine, ///< the URL leads to a Kibana
    check_folder,
    create_folder, ///< [its path]
    check_index,
    check_index_names, ///< of the emails or of the snapshots
    check_index_and_folder,
    list_indices,     ///< [the engine's URL]
    name_whole_index, ///< an alias hides some documents
    name_one_index,   ///< of those that are counted together
    remove_block,     ///< on writing, or on everything
    refresh_index,    ///< [or else the command that makes the engine do so]

    // The backfill
    check_population_and_index,
    choose_population_field,
    add_exact_field,     ///< to the mapping, for the population
    use_population,      ///< [the condition, as field=value]
    leave_nested_object, ///< [the role: "field" or "derived"]
    extend_mapping,      ///< [the role]
    wait_for_first_run,  ///< [the role]
    check_derived,       ///< it is never set
    check_rule_field,    ///< a rule names it, and nothing has it
    check_indices_one_by_one,

    // The health index and its snapshots
    create_health_index,
    complete_health_index,
    create_or_check_health_index,
    choose_health_index,
    open_health_index,
    delete_health_index,
    store_snapshot,
    schedule_snapshots,
    choose_spool,
    snapshot_kept, ///< [its folder]
    snapshot_lost, ///< [why it cannot be kept; empty: there is no folder for that]

    // The exporter
    choose_listen_address,
    free_listen_address,
    start_exporter,
    restart_exporter, ///< with the same index
    restart_exporter_on_store,
    check_web_config,

    // Kibana
    check_kibana_url,
    check_kibana_url_and_space,
    check_kibana_url_and_log,
    name_kibana,
    wait_for_kibana,
    create_space,
    check_space_and_credentials,
    import_dashboard, ///< which replaces what exists
};

/// What to try.
struct Hint {
    Hint() = default;
    Hint(Remedy what, std::string about = {}) : remedy(what), subject(std::move(about)) {} // NOLINT(*-explicit-*)
    template <std::convertible_to<std::string> Text>
    Hint(Text&& text) : subject(std::forward<Text>(text)) { // NOLINT(*-explicit-*)
        remedy = subject.empty() ? Remedy::none : Remedy::text;
    }

    bool operator==(const Hint&) const = default;

    Remedy remedy = Remedy::none;
    std::string subject{};
};

/// The sentence. Before set_hint_texts() only Remedy::text has one.
std::string to_string(const Hint& hint);

/// To be called once, before other threads start.
void set_hint_texts(std::string (*texts)(const Hint&));

} // namespace health
