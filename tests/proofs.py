"""Choose the session of each test: `nox -s tests` or `nox -s proofs`.

A group of tests, which is a folder, a file or a function with its cases, belongs to the proofs if
tests that stay catch the same mistakes: design note tests tells how that was measured. The tests of a
group carry the marker `proof`. A group is written as the beginning of the ids of its tests.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

# Doses of kills, faults and generated input; `nox -s chaos|fuzz|bench` runs larger ones.
DOSES: Final = (
    "tests/doses/bench",
    "tests/doses/chaos",
    "tests/doses/cluster",
    "tests/core/contests/test_deliveries.py",
    "tests/core/money/test_payout_endings.py::test_any_sequence_of_faults_ends_with_one_transfer_for_each_winner",
    "tests/core/projects/test_completion_orders.py::test_500_orders_lead_to_the_newest_successful_job",
    "tests/core/reactions/test_isolation.py",
    "tests/doses/drills",
    "tests/examples/test_mails.py::test_workers_that_are_killed_close_each_ticket_once",
    "tests/examples/test_own_upgrade.py::test_two_upgrades_at_once_make_one_table",
    "tests/examples/test_stopped_adoptions.py",
    "tests/examples/test_stopped_upgrades.py",
    "tests/explanations/test_explanations.py::test_the_log_and_the_export_explain_a_failure",
    "tests/doses/fuzz",
    "tests/own/test_generated.py::test_a_generated_aggregate_passes_in_a_database",
    "tests/own/test_generated.py::test_generated_aggregates_hold_on_a_server",
    "tests/own/test_generated.py::test_no_verifier_refuses_a_generated_declaration",
    "tests/own/test_planted_faults.py::test_a_machine_finds_a_fault_or_walks_on",
    "tests/runbooks/test_runbooks.py::test_a_neglected_fault_is_left_or_ends_as_declared",
    "tests/runbooks/test_runbooks.py::test_a_runbook_recovers_from_its_fault",
    "tests/service/test_split_checks.py::test_a_cluster_does_lost_work_again_and_keeps_codes",
    "tests/simulation/test_absence.py::test_a_call_that_is_no_step_of_a_runbook_ends_the_run_and_is_named",
    "tests/simulation/test_absence.py::test_the_same_seed_writes_the_same_report",
    "tests/simulation/test_absence.py::test_three_days_need_no_engineer",
    "tests/simulation/test_command.py::test_a_chain_needs_the_reader_of_chains",
    "tests/simulation/test_command.py::test_a_failure_is_written_to_a_file_named_by_its_seed_and_replays",
    "tests/simulation/test_command.py::test_a_run_that_depends_on_the_hash_seed_is_not_deterministic",
    "tests/simulation/test_command.py::test_seeds_that_depend_on_the_hash_seed_are_not_deterministic",
    "tests/simulation/test_dask.py::test_an_address_without_a_scheduler_is_refused",
    "tests/simulation/test_dask.py::test_a_cluster_of_two_processes_has_the_results_of_processes",
    "tests/simulation/test_defects.py",
    "tests/simulation/test_defects_balances.py",
    "tests/simulation/test_defects_chain.py",
    "tests/simulation/test_defects_git_chain.py",
    "tests/simulation/test_defects_lost_transfers.py",
    "tests/simulation/test_defects_operations.py",
    "tests/simulation/test_defects_restored_chain.py",
    "tests/simulation/test_disturbed_days.py",
    "tests/simulation/test_hosts.py::test_a_failure_of_a_host_is_shrunk_to_one_step",
    "tests/simulation/test_hosts.py::test_a_host_has_subscribers_and_stages",
    "tests/simulation/test_hosts.py::test_a_host_is_the_same_on_both_databases",
    "tests/simulation/test_hosts.py::test_the_steps_of_a_host_survive_crashes_and_are_in_the_feed",
    "tests/simulation/test_simulate.py::test_a_day_is_the_same_with_another_hash_seed_on_the_other_database",
    "tests/simulation/test_simulate.py::test_three_days_are_the_same_twice_on_each_database",
    "tests/sql/test_captures.py::test_a_thousand_captures_in_any_order_give_the_same_artifacts_on_both_databases",
    "tests/sql/test_crashes.py",
    "tests/sql/test_failpoints.py",
    "tests/sql/test_feed.py::test_a_reader_gets_each_committed_change_once_while_six_threads_write",
    "tests/sql/test_interleavings.py",
    "tests/sql/test_paid_contests.py::test_winners_of_a_paid_contest_are_paid_to_the_cent_on_postgresql",
    "tests/sql/test_projects.py::test_many_orders_lead_to_the_newest_successful_job",
    "tests/sql/test_pool_size.py",
    "tests/sql/test_races.py",
    "tests/sql/test_rates.py::test_8_processes_with_200_sessions_share_one_bucket_fairly",
    "tests/sql/test_space_vectors.py::test_interleaved_captures_and_searches_answer_like_a_search_without_a_cache",
    "tests/stateful",
    "tests/web/test_generated.py::test_every_generated_request_gets_a_documented_answer",
    "tests/workers/test_stage_failpoints.py",
)
# One rule for every row, column, setting or document again, or for one more kind of store.
REPEATED: Final = (
    "tests/examples/test_consents.py::test_raw_sql_cannot_change_a_version",
    "tests/examples/test_desks.py::test_a_real_server_runs_the_same_service",
    "tests/examples/test_shipments.py::test_no_row_comes_or_goes_without_its_change",
    "tests/runbooks/test_thresholds.py::test_alerts_fire_at_their_threshold_and_end_after_the_fault",
    "tests/service/test_contract.py::test_an_installation_without_extras_has_a_contract_too",
    "tests/service/test_new.py::test_a_user_writes_tests_checks_and_prints_a_lifecycle",
    "tests/service/test_switched_contexts.py::test_each_context_alone_has_its_routes_pages_and_metrics",
    "tests/service/test_switched_contexts.py::test_every_table_is_verified_and_rebuilt_whatever_is_on",
    "tests/sql/test_captures_search.py",
    "tests/conformance/test_stores.py::TestAsyncPostgresql",
    "tests/conformance/test_stores.py::TestAsyncPostgresqlKernel",
    "tests/conformance/test_stores.py::TestAsyncSqlite",
    "tests/conformance/test_stores.py::TestPartitions",
    "tests/conformance/test_stores.py::TestSqlite",
    "tests/conformance/test_stores.py::TestOtherSuitesOnPostgresqlWithoutPgvector",
    "tests/core/kernel/test_json_values.py::test_a_document_has_wider_limits",
    "tests/examples/test_file_store.py::TestFileStore",
    "tests/examples/test_loans.py::test_an_illegal_raw_write_is_refused",
    "tests/examples/test_payrolls.py",
    "tests/guards/test_attacks.py::test_after_a_legal_raw_write_verify_finds_nothing",
    "tests/guards/test_attacks.py::test_a_head_without_its_record_is_named_by_verify",
    "tests/guards/test_attacks.py::test_a_well_formed_lie_is_accepted_and_named_by_verify",
    "tests/guards/test_owner_tampers.py",
    "tests/guards/test_attacks.py::test_every_legal_write_is_accepted",
    "tests/guards/test_fields_of_actions.py",
    "tests/guards/test_flips.py",
    "tests/guards/test_json_limits.py",
    "tests/guards/test_mutation.py",
    "tests/guards/test_proofs.py",
    "tests/guards/test_rebuild.py",
    "tests/guards/test_tampered_tasks.py",
    "tests/guards/test_unreadable_rows.py",
    "tests/sql/test_alembic.py",
    "tests/sql/test_generated_revisions.py",
    "tests/sql/test_killed_migrations.py",
    "tests/sql/test_migrations.py",
    "tests/sql/test_missing_tables.py::test_what_is_missing_on_sqlite_is_a_finding",
    "tests/sql/test_missing_tables.py::test_what_is_missing_on_postgresql_is_a_finding",
    "tests/sql/test_other_libraries.py",
    "tests/sql/test_seals.py",
    "tests/sql/test_session_settings.py",
    "tests/sql/test_verify_parts.py::test_a_fault_beside_a_border_is_found_once",
    "tests/sql/test_vector_repairs.py::test_a_missing_or_replaced_function_is_found_and_repaired",
    "tests/sql/test_version_table.py::test_a_damaged_version_table_hides_no_other_finding",
    "tests/sql/test_zones.py",
    "tests/web/console/test_own_generated.py::test_forms_of_every_kind_do_what_commands_do",
    "tests/web/test_hostile.py::test_hostile_input_gets_its_expected_answer_and_writes_nothing",
    "tests/web/test_hostile_scenarios.py",
)
# Servers, nodes, repositories and processes around what other suites test without them.
AROUND: Final = (
    "tests/adapters/evm/test_contract.py::test_the_contracts_of_the_standards_are_built_again_to_the_last_byte",
    "tests/adapters/evm/test_contract.py::test_the_recorded_command_builds_the_contracts_again_to_the_last_byte",
    "tests/adapters/evm/test_faults.py::test_a_fault_is_an_error_of_the_port_and_the_next_call_succeeds",
    "tests/adapters/stripe/test_story.py",
    "tests/adapters/evm/test_paging.py",
    "tests/adapters/git/test_hostile.py",
    "tests/adapters/git/test_depths.py",
    "tests/adapters/git/test_pushes.py",
    "tests/adapters/git/test_secrets.py",
    "tests/chain",
    "tests/doses/clients",
    "tests/core/projects/test_generation.py::test_the_generated_backend_answers_and_stores",
    "tests/core/projects/test_seed_checks.py::test_the_seven_checks_pass_alone_in_any_directory",
    "tests/docs/test_examples.py::test_the_readme_shows_the_guards_that_refuse_a_raw_write",
    "tests/examples/test_later.py",
    "tests/examples/test_letters.py",
    "tests/examples/test_replication.py",
    "tests/examples/test_restore.py",
    "tests/examples/test_file_store.py::test_a_store_of_another_process_sees_what_was_committed",
    "tests/service/test_backups.py::test_a_base_backup_with_its_log_is_restored_to_a_point_in_time",
    "tests/service/test_backups.py::test_a_killed_backup_is_no_backup_and_the_next_one_is_whole",
    "tests/service/test_broken_backups.py",
    "tests/service/test_captures_demo.py",
    "tests/service/test_chain_worker.py",
    "tests/service/test_cli.py::test_a_downgrade_that_drops_records_needs_an_export_of_them",
    "tests/service/test_cli.py::test_a_process_on_sqlite_imports_no_driver_orm_or_redis",
    "tests/service/test_cli.py::test_the_parent_of_server_processes_imports_no_web_framework",
    "tests/service/test_cli.py::test_workers_and_supervisors_import_no_web_framework",
    "tests/service/test_contests_demo.py",
    "tests/service/test_embedded.py",
    "tests/service/test_embedded_programs.py::test_programs_are_copied_for_an_account_that_cannot_reach_them",
    "tests/service/test_first_minutes.py",
    "tests/service/test_full.py",
    "tests/service/test_full_disks.py",
    "tests/service/test_large_bodies.py",
    "tests/service/test_log_format.py",
    "tests/service/test_money_demo.py",
    "tests/service/test_one_product.py",
    "tests/service/test_orphans.py",
    "tests/service/test_peers.py",
    "tests/service/test_progress.py::test_a_long_command_prints_lines_where_there_is_no_terminal",
    "tests/service/test_progress.py::test_each_operation_counts_to_its_total",
    "tests/service/test_progress.py::test_with_json_each_line_is_json",
    "tests/service/test_provider_stub.py::test_the_program_refuses_a_port_in_use_and_a_missing_file",
    "tests/service/test_projects_demo.py",
    "tests/service/test_serving.py",
    "tests/service/test_host_modules.py::test_a_worker_process_runs_the_stages_of_a_module",
    "tests/service/test_signals.py",
    "tests/service/test_silent_stage.py",
    "tests/service/test_worker_processes.py",
    "tests/service/test_slow_clients.py",
    "tests/service/test_split_checks.py::test_a_cluster_that_does_not_answer_is_refused",
    "tests/service/test_split_checks.py::test_a_process_that_is_killed_is_named",
    "tests/service/test_stopped_database.py",
    "tests/service/test_stopped_starts.py",
    "tests/runbooks/test_promotion.py::test_a_release_is_promoted_and_withdrawn_on_postgresql",
    "tests/runbooks/test_promotion.py::test_a_release_is_promoted_and_withdrawn_on_sqlite",
    "tests/sql/test_faults.py::test_a_process_whose_files_may_not_grow_loses_nothing",
    "tests/sql/test_faults.py::test_a_store_works_again_after_a_restart_of_its_server",
    "tests/sql/test_feed_floor.py::test_a_prepared_transaction_delays_the_feed_of_its_own_store_only",
    "tests/sql/test_feed_floor.py::test_a_writer_of_another_database_does_not_delay_the_feed",
    "tests/sql/test_retention.py::test_a_process_that_is_killed_in_a_deletion_has_deleted_all_or_nothing",
    "tests/sql/test_space_vectors.py::test_captures_of_another_process_are_found",
    "tests/sql/test_standby.py",
    "tests/sql/test_versions.py::test_an_older_server_leaves_the_same_schema",
    "tests/workers/test_process_groups.py::test_the_group_ends_when_its_worker_is_killed",
    "tests/workers/test_orphans.py",
)
# Limits and waits of worker processes, each with processes of its own.
WAITING: Final = (
    "tests/workers/test_breakers.py",
    "tests/workers/test_children.py",
    "tests/workers/test_documents.py",
    "tests/workers/test_hung_batches.py",
    "tests/workers/test_hung_threads.py",
    "tests/workers/test_leases.py",
    "tests/workers/test_processes.py",
    "tests/workers/test_rabbitmq.py",
    "tests/workers/test_rates.py",
    "tests/workers/test_sentinel.py",
    "tests/workers/test_wakeups.py",
    "tests/workers/test_recurring.py",
    "tests/workers/test_time_limits.py",
)
# Cases on PostgreSQL of tests that run on SQLite as well; the suites of the stores run on both.
ON_ONE_DATABASE: Final = ("tests/examples", "tests/web", "tests/workers")
POSTGRESQL: Final = "postgresql"
DATABASE: Final = "database"  # the fixture of a database on PostgreSQL
# Cases in memory of tests that run on SQLite as well; the suites compare the two stores.
ALSO_ON_SQLITE: Final = "tests/web"
MEMORY: Final = "memory"
# The attacks by the owner of the tables, and without foreign keys, are those of the application.
ATTACKS: Final = "tests/guards/test_attacks.py"
OTHER_ATTACKERS: Final = ("owner", "keys off")
# Functions of which only some cases stay: pages whose examples need no server, chain or Git host
# and take a few seconds, one pair of databases, one seed.
FOLLOWED: Final = "tests/docs/test_examples.py::test_a_page_prints_its_output_in_an_empty_directory"
STAYING_CASES: Final[Mapping[str, tuple[str, ...]]] = {
    FOLLOWED: (
        "README",
        "console",
        "fastapi",
        "flask",
        "follow-the-feed",
        "inside-your-transaction",
        "one-request",
        "own-table",
        "repository-method",
        "task-arguments",
        "who-computes",
    ),
    "tests/core/contests/test_mutated_payloads.py"
    "::test_each_mutated_payload_is_applied_or_refused_with_codes": ("0",),
    "tests/simulation/test_absence.py"
    "::test_a_call_that_is_no_step_of_a_runbook_ends_the_run_and_is_named": (
        "send_sql",
        "ask_stripe",
        "read_as_nobody_told",
    ),
    "tests/explanations/test_explanations.py::test_the_log_and_the_export_explain_a_failure": (
        "winner_without_an_account",
        "edit_of_an_older_version",
    ),
    "tests/sql/test_export.py::test_every_context_is_exported_and_imported": ("sqlite-postgresql",),
    "tests/sql/test_export.py::test_a_second_import_adds_nothing": ("sqlite",),
}
# Cases of SQLite of tests that run on PostgreSQL as well; `tests/examples` and `tests/web` run on
# SQLite.
ALSO_ON_POSTGRESQL: Final = ("tests/own", "tests/sql")
SQLITE: Final = "sqlite"
# Functions of these groups that stay: each catches mistakes that no other test of `tests` catches.
STAYING: Final = (
    "tests/adapters/evm/test_paging.py::test_a_response_that_is_too_long_is_cut_off",
    "tests/adapters/git/test_hostile.py::test_a_folder_that_is_a_link_is_not_entered",
    "tests/adapters/git/test_pushes.py::test_a_local_repository_that_is_deleted_meanwhile_is_gone",
    "tests/guards/test_proofs.py::test_a_migrated_postgresql_database_equals_the_declarations",
    "tests/guards/test_proofs.py::test_a_migrated_sqlite_file_equals_the_declarations",
    "tests/guards/test_proofs.py::test_the_triggers_of_postgresql_are_the_declared_ones_and_always_fire",
    "tests/guards/test_proofs.py::test_the_triggers_of_sqlite_are_the_declared_ones",
    "tests/service/test_embedded.py::test_an_unknown_setting_is_an_error",
    "tests/service/test_signals.py::test_a_signal_before_the_server_runs_prevents_that_it_runs",
    "tests/service/test_signals.py::test_a_signal_interrupts_the_running_server_once",
    "tests/simulation/test_defects.py::test_an_early_defect_breaks_its_invariant",
    "tests/simulation/test_defects.py::test_every_invariant_has_a_planted_defect",
    "tests/simulation/test_defects_chain.py::test_a_disturbed_day_breaks_no_invariant_and_has_everything_that_sometimes_happens",
    "tests/simulation/test_defects_chain.py::test_a_reorganisation_that_is_not_noticed_breaks_its_invariant",
    "tests/sql/test_alembic.py::test_a_damaged_schema_is_reported_by_check",
    "tests/sql/test_failpoints.py::test_every_failpoint_is_reached",
    "tests/sql/test_silence.py::test_what_falls_silent_is_missed_within_its_time_in_all_places",
    "tests/workers/test_hung_threads.py::test_hung_threads_are_reported_until_they_are_free",
)
GROUPS: Final = (*DOSES, *REPEATED, *AROUND, *WAITING)


def contains(node_id: str) -> bool:
    """Return whether a test belongs to the proofs."""
    function, _, case = node_id.partition("[")
    if function in STAYING:
        return False
    if function in STAYING_CASES:
        return case.removesuffix("]") not in STAYING_CASES[function]
    return _contains_case(function, case) or _contains_function(function)


def _contains_case(function: str, case: str) -> bool:
    is_on_postgresql = POSTGRESQL in case or DATABASE in case.rstrip("]").split("-")
    if is_on_postgresql and _is_in(function, ON_ONE_DATABASE):
        return True
    if MEMORY in case and begins(function, ALSO_ON_SQLITE):
        return True
    if begins(function, ATTACKS) and any(attacker in case for attacker in OTHER_ATTACKERS):
        return True
    return SQLITE in case and not is_on_postgresql and _is_in(function, ALSO_ON_POSTGRESQL)


def _is_in(function: str, folders: tuple[str, ...]) -> bool:
    return any(begins(function, folder) for folder in folders)


@cache
def _contains_function(function: str) -> bool:
    """Return whether a group contains a function; its thousand cases ask for it again."""
    return any(begins(function, group) for group in GROUPS)


def contains_file(path: str) -> bool:
    """Return whether all tests of a file belong to the proofs; the path begins with `tests/`."""
    is_in_group = any("::" not in group and begins(path, group) for group in GROUPS)
    return is_in_group and not any(begins(function, path) for function in STAYING)


def begins(node_id: str, group: str) -> bool:
    """Return whether a test is in a group: `tests/a` contains `tests/a/b.py`, not `tests/ab`."""
    return node_id == group or node_id.startswith((f"{group}/", f"{group}::"))
