"""Choose the proofs that the gate leaves out; `nox -s doses` runs them.

Each is a larger dose of a proof that the gate repeats, or the same proof on one database or kind
of store more, and takes long: decision 0206 tells how they were chosen. A group is written as in
`tests/proofs.py`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from tests.proofs import ALSO_ON_SQLITE, MEMORY, SQLITE, begins

GROUPS: Final = (
    "tests/chaos/test_money_charges.py::test_each_charge_is_posted_once_on_sqlite",
    "tests/conformance/test_stores.py::TestAsyncPostgresql",
    "tests/conformance/test_stores.py::TestAsyncSqlite",
    "tests/conformance/test_stores.py::TestPartitions",
    "tests/guards/test_proofs.py::TestPostgresqlWithoutGuards",
    "tests/own/test_generated.py::test_generated_aggregates_hold_on_a_server",
    "tests/runbooks/test_promotion.py::test_a_release_is_promoted_and_withdrawn_on_sqlite",
    "tests/simulation/test_absence.py::test_the_same_seed_writes_the_same_report",
    "tests/simulation/test_dask.py::test_a_cluster_of_two_processes_has_the_results_of_processes",
    "tests/simulation/test_defects_chain.py::test_a_failure_is_shrunk_to_a_plan_that_replays",
    "tests/simulation/test_defects_lost_transfers.py",
    "tests/simulation/test_hosts.py::test_a_failure_of_a_host_is_shrunk_to_one_step",
    "tests/simulation/test_simulate.py::test_three_days_are_the_same_twice_on_each_database",
    "tests/sql/test_session_settings.py::test_no_setting_changes_a_value_or_a_finding",
)
# Functions of which the gate runs these cases: each failpoint on one of the databases, the drills
# that end soon, and such parts of the benchmark.
CASES_OF_THE_GATE: Final[Mapping[str, tuple[str, ...]]] = {
    "tests/bench/test_bench.py::test_the_smallest_dose_of_a_part_returns_figures_that_are_shown": (
        "bulk",
        "edits",
        "lifecycles",
        "lives",
        "pins",
        "queues",
        "replays",
    ),
    "tests/chain/test_large_blocks.py::test_thousands_of_mints_in_a_block_are_read_in_pages": (
        "postgresql",
    ),
    "tests/chaos/test_contests.py::test_a_killed_worker_leaves_all_or_nothing": (
        "database-ingest_contest",
        "database-settle_contest",
        "sqlite_url-fetch_tournament",
        "sqlite_url-lock_contest",
        "sqlite_url-start_contest",
    ),
    "tests/chaos/test_money_kills.py::test_a_killed_process_leaves_all_or_nothing": (
        "database-fail_event",
        "database-process_stripe_event",
        "database-receive",
        "database-send_transfer",
        "database-start",
        "sqlite_url-complete_payout_job",
        "sqlite_url-expire_charge",
        "sqlite_url-record_fee",
        "sqlite_url-send_refund",
        "sqlite_url-sweep",
    ),
    "tests/core/contests/test_deliveries.py"
    "::test_disturbed_deliveries_lead_to_the_same_standings": ("0", "1"),
    "tests/drills/test_drills.py::test_after_a_drill_nothing_is_twice_and_all_work_ends": (
        "last-night",
        "other-server",
        "point-in-time",
        "rotation",
    ),
    "tests/examples/test_mails.py::test_workers_that_are_killed_close_each_ticket_once": (
        "database",
    ),
    "tests/examples/test_payrolls.py::test_a_hundred_thousand_rows_are_one_change": ("postgresql",),
    "tests/guards/test_attacks.py::test_every_legal_write_is_accepted": (
        "postgresql, application",
        "postgresql, owner",
        "sqlite, keys on",
    ),
    "tests/service/test_first_minutes.py::test_every_demonstration_works_after_the_first_command": (
        "up",
    ),
    "tests/service/test_one_product.py"
    "::test_up_and_up_full_take_turns_in_one_directory_and_no_command_needs_a_url": ("home",),
    "tests/simulation/test_defects.py::test_a_failure_is_shrunk_to_a_plan_that_replays": (
        "a payment that cancels its contest",
    ),
    "tests/sql/test_session_settings.py::test_no_setting_changes_a_fresh_installation": ("0",),
    "tests/workers/test_rabbitmq.py::test_a_killed_server_loses_and_repeats_no_task": (
        "memory-False",
        "postgresql-True",
    ),
}
# Functions whose cases with this word in their names are left out.
OTHER_CASES: Final[Mapping[str, str]] = {
    "tests/chaos/test_contests.py::test_an_error_is_reached_once_and_left_in_each_way": SQLITE,
    "tests/chaos/test_projects.py::test_a_killed_worker_leaves_one_commit_and_no_workspace": "HTTP",
}


def contains(node_id: str) -> bool:
    """Return whether the gate leaves out a proof."""
    function, _, case = node_id.partition("[")
    if function in CASES_OF_THE_GATE:
        return case.removesuffix("]") not in CASES_OF_THE_GATE[function]
    if function in OTHER_CASES:
        return OTHER_CASES[function] in case
    if MEMORY in case and begins(function, ALSO_ON_SQLITE):
        return True
    return _contains_function(function)


@cache
def _contains_function(function: str) -> bool:
    return any(begins(function, group) for group in GROUPS)
