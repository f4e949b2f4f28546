#pragma once

namespace health {

/// What would help, as a fact: see base/hint.hpp. The comments give the subject of the hint in brackets.
enum class Remedy {
    // The engine, or the folder, and the index
    raise_timeout,
    use_https,
    verify_certificates, ///< verification is off
    engine_credentials,  ///< [where they came from; empty: none were given]
    check_engine_url,
    find_engine, ///< the URL leads to a Kibana
    check_folder,
    create_folder, ///< [its path]
    check_index,
    check_index_names, ///< of the documents or of the snapshots
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
    use_population,      ///< of another field [its name]
    leave_nested_object, ///< [its health::role]
    extend_mapping,      ///< [the role]
    wait_for_first_run,  ///< [the role]
    check_derived,       ///< it is never set
    check_rule_field,    ///< a rule names it, and nothing has it
    check_indices_one_by_one,
    choose_longer_interval, ///< [the field that documents are grouped by]
    choose_fewer_groups,    ///< the field has too many values

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
};

} // namespace health
