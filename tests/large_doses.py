"""Choose the proofs that the gate leaves out; `nox -s doses` runs them.

Each is a larger dose of a proof that the gate repeats, or the same proof on one database or kind
of store more, and takes long: decision 0206 tells how they were chosen. A group is written as in
`tests/proofs.py`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from tests.proofs import MEMORY, SQLITE, begins

GROUPS: Final = (
    "tests/doses/chaos/test_money_charges.py::test_each_charge_is_posted_once_on_sqlite",
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
# Words in the names of the cases that are left out; a case without one of them stays in the gate.
CASES: Final[Mapping[str, tuple[str, ...]]] = {
    "tests/doses/bench/test_bench.py::test_the_smallest_dose_of_a_part_returns_figures_that_are_shown": (
        "captures",
        "contests",
        "features",
        "feeds",
        "growth",
        "money",
        "pages",
        "projects",
        "reads",
        "searches",
        "served",
        "settlements",
        "size",
    ),
    "tests/chain/test_large_blocks.py::test_thousands_of_mints_in_a_block_are_read_in_pages": (
        SQLITE,
    ),
    "tests/doses/chaos/test_contests.py::test_a_killed_worker_leaves_all_or_nothing": (SQLITE,),
    "tests/doses/chaos/test_contests.py::test_an_error_is_reached_once_and_left_in_each_way": (
        SQLITE,
    ),
    "tests/doses/chaos/test_money_kills.py::test_a_killed_process_leaves_all_or_nothing": (SQLITE,),
    "tests/doses/chaos/test_projects.py::test_a_killed_worker_leaves_one_commit_and_no_workspace": (
        "HTTP",
    ),
    "tests/core/contests/test_deliveries.py"
    "::test_disturbed_deliveries_lead_to_the_same_standings": ("2", "3"),
    "tests/doses/drills/test_drills.py::test_after_a_drill_nothing_is_twice_and_all_work_ends": (
        "flipped-byte",
        "standby",
    ),
    "tests/examples/test_mails.py::test_workers_that_are_killed_close_each_ticket_once": (SQLITE,),
    "tests/examples/test_payrolls.py::test_a_hundred_thousand_rows_are_one_change": (SQLITE,),
    "tests/guards/test_attacks.py::test_every_legal_write_is_accepted": ("keys off",),
    "tests/service/test_first_minutes.py::test_every_demonstration_works_after_the_first_command": (
        "up --full",
    ),
    "tests/service/test_one_product.py"
    "::test_up_and_up_full_take_turns_in_one_directory_and_no_command_needs_a_url": (
        "new user",
        "private directory",
    ),
    "tests/simulation/test_defects.py::test_a_failure_is_shrunk_to_a_plan_that_replays": (
        "a webhook applied twice",
        "an error that nobody expects",
    ),
    "tests/sql/test_session_settings.py::test_no_setting_changes_a_fresh_installation": ("1",),
    "tests/web": (MEMORY,),
    "tests/workers/test_rabbitmq.py::test_a_killed_server_loses_and_repeats_no_task": (
        SQLITE,
        "memory-True",
        "postgresql-False",
    ),
}


def contains(node_id: str) -> bool:
    """Return whether the gate leaves out a proof."""
    function, _, case = node_id.partition("[")
    return _contains_function(function) or any(word in case for word in _words(function))


@cache
def _contains_function(function: str) -> bool:
    return any(begins(function, group) for group in GROUPS)


@cache
def _words(function: str) -> tuple[str, ...]:
    """Return the words of the group that a function belongs to, if any."""
    return next((words for group, words in CASES.items() if begins(function, group)), ())
