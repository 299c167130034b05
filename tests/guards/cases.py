"""What cases of the conformance suites write, in tables of all contexts and by most actions."""

import shutil
from collections.abc import Callable, Mapping
from functools import cache
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.conftest import POLICY, shared_store
from tests.guards.tapes import Recorder, Tape, add_tape, read_tape

from indelible.testing.captures.algorithms import AlgorithmsConformance
from indelible.testing.captures.ingest import CaptureIngestConformance
from indelible.testing.captures.scenarios import nothing_to_install
from indelible.testing.captures.spaces import SpacesConformance
from indelible.testing.concepts.conformance import ConceptsConformance
from indelible.testing.contests.commands import ContestCommandsConformance
from indelible.testing.contests.entries import EntryConformance
from indelible.testing.contests.feeds import FeedConformance
from indelible.testing.contests.lifecycle import ContestLifecycleConformance
from indelible.testing.contests.log import CorrectionConformance
from indelible.testing.contests.payments import PaymentConformance
from indelible.testing.contests.runs import RunConformance
from indelible.testing.kernel.breakers import BreakersConformance
from indelible.testing.kernel.hung_threads import HungThreadsConformance
from indelible.testing.kernel.operational_rows import OperationalRowsConformance
from indelible.testing.kernel.rejections import RejectionsConformance
from indelible.testing.kernel.runbooks import RunbooksConformance
from indelible.testing.kernel.subjects import SubjectsConformance
from indelible.testing.kernel.subscribers import SubscribersConformance
from indelible.testing.kernel.task_ends import TaskEndsConformance
from indelible.testing.kernel.task_rates import TaskRatesConformance
from indelible.testing.lists import ListsConformance
from indelible.testing.money.payees import PayeesConformance
from indelible.testing.money.payments import PaymentsConformance
from indelible.testing.money.payout_ends import PayoutEndsConformance
from indelible.testing.money.payouts import PayoutsConformance
from indelible.testing.money.reconciliations import ReconciliationsConformance, SwitchConformance
from indelible.testing.projects.commands import JobCommandsConformance, ProjectCommandsConformance
from indelible.testing.projects.lifecycle import JobLifecycleConformance
from indelible.testing.stores import CountedIds
from indelible.testing.tokens.commands import CommandsConformance
from indelible.testing.tokens.detection import DetectionConformance
from indelible.testing.tokens.integrity import IntegrityConformance
from indelible.testing.tokens.pipeline import PipelineConformance
from indelible_sql import SqlStore, open_store

# Together they write every table that a suite writes, and take each edge that a suite takes.
CASES: Final[Mapping[type[Any], tuple[str, ...]]] = {
    AlgorithmsConformance: (
        "test_an_algorithm_is_replaced_and_activated_again",
        "test_an_anchored_centroid_stays_near_its_seed_under_the_captures_of_a_neighbour",
    ),
    BreakersConformance: ("test_an_operator_who_resumes_begins_a_new_sequence",),
    CaptureIngestConformance: ("test_a_named_subspace_that_takes_no_captures_leaves_a_warning",),
    CommandsConformance: (
        "test_a_missed_token_is_recovered_as_the_chain_has_it",
        "test_a_prompt_is_set_and_set_again",
        "test_a_retry_requeues_the_dead_tasks_of_every_stage",
        "test_a_stale_batch_names_the_token_that_changed",
    ),
    ConceptsConformance: (
        "test_an_edit_of_what_is_approved_is_allowed_and_warned",
        "test_the_history_is_a_chain_and_folds_to_the_concept",
    ),
    ContestCommandsConformance: (
        "test_a_configuration_is_a_new_version_and_moves_the_lock",
        "test_a_forced_lock_keeps_a_lock_time_that_has_passed",
    ),
    ContestLifecycleConformance: (
        "test_a_canceled_tournament_cancels_its_contests",
        "test_a_contest_with_too_few_entries_is_canceled_at_its_lock",
        "test_a_tournament_that_was_too_short_cancels_its_contests",
        "test_an_error_is_resolved_by_a_cancellation",
        "test_an_error_is_resolved_by_a_retried_settlement",
        "test_an_error_is_resumed_into_the_state_that_it_came_from",
        "test_canceling_twice_changes_nothing_more",
    ),
    CorrectionConformance: (
        "test_a_correction_after_the_settlement_is_stored_only",
        "test_a_paused_log_takes_corrections_only",
    ),
    DetectionConformance: (
        "test_a_failed_token_stays_failed_when_its_block_comes_back",
        "test_a_revealed_token_is_reported_and_not_quarantined",
    ),
    EntryConformance: (
        "test_a_roster_is_a_numbered_record",
        "test_an_entry_of_a_free_contest_is_active_at_once",
    ),
    FeedConformance: ("test_a_stopped_feed_takes_no_fetch",),
    HungThreadsConformance: (
        "test_a_report_that_is_ended_is_not_listed",
        "test_only_expired_reports_are_deleted",
    ),
    IntegrityConformance: ("test_a_completed_upload_has_a_cid",),
    JobCommandsConformance: ("test_a_running_job_is_canceled_and_its_lease_ends",),
    JobLifecycleConformance: ("test_only_a_running_job_makes_progress",),
    ListsConformance: ("test_a_position_of_another_order_is_refused",),
    OperationalRowsConformance: (
        "test_nothing_before_a_position_is_deleted",
        "test_the_attempts_of_a_deleted_task_are_deleted",
    ),
    PayeesConformance: (
        "test_a_closed_payee_gives_its_account_back",
        "test_a_destination_that_is_set_after_the_approval_needs_another",
        "test_another_account_has_to_be_enabled_first",
    ),
    PaymentConformance: (
        "test_a_void_entry_keeps_its_place_and_returns",
        "test_eligible_entries_have_their_newest_rosters_in_order",
        "test_payments_never_change_a_contest",
    ),
    PaymentsConformance: (
        "test_a_dead_letter_waits_for_an_operator",
        "test_a_failed_refund_is_listed_until_another_one_replaces_it",
        "test_a_refund_has_its_task_and_its_attempts",
        "test_disputes_are_due_while_they_need_a_response",
        "test_each_attempt_of_an_event_is_a_record",
        "test_other_money_is_quarantined",
    ),
    PayoutEndsConformance: (
        "test_a_failed_transfer_opens_its_complete_job_again",
        "test_a_parked_transfer_tells_what_it_waits_for_now",
        "test_a_reversed_transfer_is_owed_again_and_paid_by_a_new_one",
        "test_a_transfer_that_an_operator_holds_is_not_sent_by_its_task",
        "test_a_transfer_that_stripe_has_already_is_adopted",
        "test_a_transfer_waits_for_a_payee_that_cannot_receive_it",
    ),
    PayoutsConformance: (
        "test_a_failed_attempt_is_noted_and_its_result_counts_once",
        "test_a_settlement_without_winners_has_a_complete_job",
    ),
    PipelineConformance: (
        "test_a_deleted_value_is_gone_until_it_is_set_again",
        "test_jobs_of_a_token_come_newest_first",
        "test_reveals_are_found_by_hash_and_pending_ones_are_those_that_were_sent",
    ),
    ProjectCommandsConformance: (
        "test_a_bound_project_still_changes_its_name_nodes_and_prompts",
        "test_a_repository_is_requested_until_it_is_set_once",
        "test_the_methods_of_the_seed_write_through_the_commands",
    ),
    ReconciliationsConformance: (
        "test_a_clean_full_reconciliation_ends_a_halt_that_events_explain",
        "test_a_reconciliation_that_failed_halts_nothing",
    ),
    RejectionsConformance: ("test_a_replay_of_a_command_that_changed_nothing_adds_no_record",),
    RunConformance: ("test_the_same_settlement_again_has_the_same_digests",),
    RunbooksConformance: (
        "test_a_failed_step_ends_as_partial_or_failed_alone",
        "test_an_execution_has_its_steps_in_order_with_time_and_actor",
        "test_an_execution_is_completed_if_every_step_was_as_expected",
        "test_an_execution_without_steps_can_only_fail",
    ),
    SpacesConformance: ("test_a_seed_comes_before_the_first_capture",),
    SubjectsConformance: ("test_a_longest_silence_changes_and_ends",),
    SubscribersConformance: ("test_a_change_of_a_reaction_names_its_subscriber",),
    SwitchConformance: ("test_a_halt_by_a_reconciliation_becomes_that_of_whoever_halts_next",),
    TaskEndsConformance: ("test_dead_tasks_are_requeued_by_their_class_of_error",),
    TaskRatesConformance: ("test_a_rate_of_0_claims_nothing",),
}
IDS_OF_A_CASE: Final = 10_000


class IdsOfACase(CountedIds):
    """Ids that no other case has."""

    def __init__(self, case: int) -> None:
        super().__init__()
        self._count = case * IDS_OF_A_CASE


@cache
def recorded_tapes() -> Mapping[str, Tape]:
    """Return what each case writes, by its name."""
    tapes: dict[str, Tape] = {}
    with TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        new = open_store(f"sqlite:///{template}", policy=POLICY)
        new.upgrade()
        new.dispose()
        add_tape(template)
        for suite, names in CASES.items():
            for name in names:
                path = Path(shutil.copy(template, template.with_name(f"{len(tapes)}.db")))
                _run(getattr(suite(), name), path, IdsOfACase(len(tapes)))
                tapes[name] = read_tape(path)
                path.unlink()
    return tapes


def _run(case: Callable[..., None], path: Path, ids: IdsOfACase) -> None:
    """Run a case on a file with a tape, whose triggers the store would not accept."""
    for store in shared_store(f"sqlite:///{path}", "taped"):
        recorder = Recorder(store.engines.writer)
        store.is_admitted = True
        store.ids = ids
        call_case(case, store)
        recorder.stop()


def call_case(case: Callable[..., None], store: SqlStore) -> None:
    """Run a case on a store."""
    fixtures = {"store": store, "install": nothing_to_install}
    case(**{name: fixtures[name] for name in signature(case).parameters})
