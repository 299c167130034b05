"""Requirements on the transitions of contests: each edge by its command, and each refusal."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from attrs import evolve

from indelible import contests
from indelible.contests import CONTEST, ContestStatus
from indelible.contests.entities.values import ResolveAction
from indelible.contests.rules.tasks import START_CONTEST_STAGE
from indelible.kernel import instant_text
from indelible.kernel.aggregates import save_change
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.payloads import CANCELED, FIRST_ROUND, Board, strokes_of
from indelible.testing.contests.scenarios import (
    ORGANIZER,
    STRANGER,
    ContestScenario,
    complete_contest,
    contest_in,
    due_contest,
    live_contest,
    locked_contest,
    new_contest,
    publish,
)
from indelible.testing.stores import AnyStore, within
from indelible.testing.suite import Suite

Attempt = Callable[[ContestScenario], object]
SCHEDULED, LOCKED, LIVE = ContestStatus.SCHEDULED, ContestStatus.LOCKED, ContestStatus.LIVE
COMPLETE, CANCELLED = ContestStatus.COMPLETE, ContestStatus.CANCELLED
ERROR: Final = ContestStatus.ERROR


def cancel_shortened(scenario: ContestScenario) -> contests.ContestSaved:
    """Cancel a contest whose tournament was too short."""
    command = contests.CancelShortened(contest_id=scenario.contest_id)
    return scenario.run(contests.cancel_shortened, command)


def cancel_by_provider(scenario: ContestScenario, number: int) -> contests.ContestSaved:
    """Cancel a contest because of an event."""
    command = contests.CancelByProvider(contest_id=scenario.contest_id, event_number=number)
    return scenario.run(contests.cancel_by_provider, command)


# The code with which each command is refused, by the states that refuse it.
REFUSALS: Final[Mapping[str, tuple[Attempt, Mapping[ContestStatus, str]]]] = {
    "force_lock": (
        lambda scenario: scenario.force_lock(),
        dict.fromkeys((LOCKED, LIVE, COMPLETE, CANCELLED, ERROR), "INVALID_TRANSITION"),
    ),
    "cancel": (lambda scenario: scenario.cancel(), {COMPLETE: "INVALID_TRANSITION"}),
    "retry": (
        lambda scenario: scenario.resolve(ResolveAction.RETRY),
        {
            **dict.fromkeys((SCHEDULED, LOCKED, LIVE, COMPLETE, CANCELLED), "INVALID_TRANSITION"),
            ERROR: "RETRY_NOT_POSSIBLE",
        },
    ),
    "resume": (
        lambda scenario: scenario.resolve(ResolveAction.RESUME),
        dict.fromkeys((SCHEDULED, LOCKED, LIVE, COMPLETE, CANCELLED), "INVALID_TRANSITION"),
    ),
    "resolve_cancel": (
        lambda scenario: scenario.resolve(ResolveAction.CANCEL),
        dict.fromkeys((SCHEDULED, LOCKED, LIVE, COMPLETE, CANCELLED), "INVALID_TRANSITION"),
    ),
    "start_run": (
        lambda scenario: scenario.start_run(),
        {
            **dict.fromkeys((SCHEDULED, LOCKED, COMPLETE, CANCELLED), "INVALID_TRANSITION"),
            LIVE: "SETTLEMENT_NOT_DUE",
            ERROR: "RETRY_NOT_POSSIBLE",
        },
    ),
    "cancel_shortened": (
        cancel_shortened,
        {
            **dict.fromkeys((SCHEDULED, LOCKED, COMPLETE, ERROR), "INVALID_TRANSITION"),
            LIVE: "SETTLEMENT_NOT_DUE",
        },
    ),
}


class ContestLifecycleConformance(Suite):
    """Requirements on the transitions of contests."""

    def test_commands_are_refused_in_the_states_without_their_edge(self, store: AnyStore) -> None:
        for name, (attempt, codes) in REFUSALS.items():
            for status, expected in codes.items():
                scenario = contest_in(store, status)
                before = scenario.saved
                assert code(partial(attempt, scenario)) == expected, (name, status)
                assert scenario.saved == before

    def test_no_change_takes_an_edge_that_is_not_declared(self, store: AnyStore) -> None:
        actions = sorted({edge.action for edge in CONTEST.edges})
        for status in ContestStatus:
            scenario = contest_in(store, status)
            for action in actions:
                if action in CONTEST.allowed(status):
                    continue
                attempt = partial(force, scenario, action)
                assert code(attempt) == "INVALID_TRANSITION", (status, action)

    def test_a_contest_locks_when_its_time_has_come(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        scenario.enter()
        early = scenario.lock()
        scenario.advance(scenario.contest.lock_time)
        outcome = scenario.lock()
        again = scenario.lock()
        task = store.read(lambda tx: tx.tasks.get(START_CONTEST_STAGE, scenario.contest_id))

        assert (early.applied, early.contest.status) == (False, SCHEDULED)
        assert early.waits_for == f"lock time {instant_text(early.contest.lock_time)}"
        assert (outcome.applied, outcome.contest.status) == (True, LOCKED)
        assert (again.applied, again.waits_for, again.seq) == (False, None, outcome.seq)
        assert task.due_at == outcome.contest.start_time
        data = scenario.last_change
        assert data["reason_code"] == "LOCK_TIME_REACHED"
        assert data["evidence"]["joined_entries"] == 1

    def test_a_contest_with_too_few_entries_is_canceled_at_its_lock(self, store: AnyStore) -> None:
        scenario = new_contest(store, min_entries=2)
        scenario.enter()
        scenario.advance(scenario.contest.lock_time)
        outcome = scenario.lock()

        assert (outcome.applied, outcome.contest.status) == (True, CANCELLED)
        data = scenario.last_change
        assert data["reason_code"] == "MIN_ENTRIES_NOT_MET"
        evidence = data["evidence"]
        assert (evidence["joined_entries"], evidence["min_entries"]) == (1, 2)

    def test_an_entry_counts_at_the_lock_whatever_became_of_its_payment(
        self, store: AnyStore
    ) -> None:
        min_entries = 3
        scenario = new_contest(store, min_entries=min_entries)
        scenario.enter("ann")
        scenario.paid_entry("bob")
        rejected = scenario.enter("cem").entity
        scenario.run(
            contests.reject_entry,
            contests.RejectEntry(entry_id=rejected.id, rejection_reason="card declined"),
        )
        scenario.advance(scenario.contest.lock_time)

        assert scenario.lock().contest.status is LOCKED
        assert scenario.last_change["evidence"]["joined_entries"] == min_entries

    def test_a_contest_starts_with_a_valid_event_at_its_time(self, store: AnyStore) -> None:
        scenario = locked_contest(store)
        early = scenario.start()
        scenario.advance(scenario.contest.start_time)
        outcome = scenario.start()

        assert (early.applied, early.contest.status) == (False, LOCKED)
        assert (outcome.applied, outcome.contest.status) == (True, LIVE)
        assert scenario.start().waits_for is None
        data = scenario.last_change
        assert data["reason_code"] == "TOURNAMENT_START_TIME_REACHED"
        assert data["evidence"]["event_number"] == 1

    def test_a_contest_without_a_valid_event_stays_locked(self, store: AnyStore) -> None:
        scenario = publish(store)
        scenario.advance(scenario.contest.start_time)
        assert scenario.lock().applied
        scenario.observe(b"<html>", 0)
        outcome = scenario.start()

        assert (outcome.applied, outcome.contest.status) == (False, LOCKED)
        assert outcome.waits_for == "a valid event of the tournament"

    def test_overdue_contests_are_listed(self, store: AnyStore) -> None:
        scheduled = new_contest(store)
        lock_time = scheduled.contest.lock_time
        assert listed_due(store, lock_time - timedelta(seconds=1)) == []
        assert listed_due(store, lock_time) == [scheduled.contest_id]

        locked, live, ended = locked_contest(store), live_contest(store), due_contest(store)
        start_time = locked.contest.start_time
        before = listed_due(store, start_time - timedelta(seconds=1))
        overdue = listed_due(store, start_time)
        assert (locked.contest_id in before, locked.contest_id in overdue) == (False, True)
        assert live.contest_id not in overdue
        assert overdue == sorted((scheduled.contest_id, locked.contest_id, ended.contest_id))
        assert listed_due(store, start_time, after=overdue[0], limit=1) == overdue[1:2]

    def test_canceling_twice_changes_nothing_more(self, store: AnyStore) -> None:
        for status in (SCHEDULED, LOCKED, LIVE):
            scenario = contest_in(store, status)
            first = scenario.cancel()
            second = scenario.cancel()

            assert (first.contest.status, first.noop) == (CANCELLED, False)
            assert (second.seq, second.noop) == (first.seq, True)
            assert scenario.last_change["reason_code"] == "ADMIN_CANCEL"

    def test_the_organizer_cancels_before_the_lock_only(self, store: AnyStore) -> None:
        scheduled, locked = new_contest(store), contest_in(store, LOCKED)
        stranger = partial(scheduled.cancel, organizer_id=STRANGER)
        assert code(stranger) == "CONTEST_NOT_FOUND"
        assert code(partial(locked.cancel, organizer_id=ORGANIZER)) == "CONTEST_LOCKED"

    def test_the_organizer_is_named_as_the_reason(self, store: AnyStore) -> None:
        scenario = new_contest(store)
        scenario.cancel(organizer_id=ORGANIZER)

        assert scenario.last_change["reason_code"] == "ORGANIZER_CANCEL"
        assert scenario.cancel(organizer_id=ORGANIZER).noop

    def test_a_canceled_tournament_cancels_its_contests(self, store: AnyStore) -> None:
        for status in (LOCKED, LIVE):
            scenario = contest_in(store, status)
            saved = scenario.observe(Board(status=CANCELED), 5)
            number = saved.entity.event_number
            assert saved.entity.cancelled_number == number
            other = partial(cancel_by_provider, scenario, 1)
            assert code(other) == "EVENT_NOT_APPLICABLE"
            canceled = cancel_by_provider(scenario, number)

            assert (canceled.contest.status, canceled.noop) == (CANCELLED, False)
            data = scenario.last_change
            assert data["reason_code"] == "PROVIDER_TOURNAMENT_CANCELLED"
            assert data["evidence"]["event_number"] == number
            assert cancel_by_provider(scenario, number).noop

    def test_a_tournament_that_was_too_short_cancels_its_contests(self, store: AnyStore) -> None:
        scenario = live_contest(store, min_official_rounds=2)
        short = Board(cards=strokes_of(1), status="STATUS_FINAL")
        for minute in (1, 2):
            scenario.observe(short, minute)
        scenario.advance(scenario.contest.start_time + timedelta(minutes=5))
        saved = cancel_shortened(scenario)

        assert saved.contest.status is CANCELLED
        data = scenario.last_change
        assert data["reason_code"] == "INSUFFICIENT_ROUNDS"
        assert data["evidence"]["official_rounds"] == 1
        assert cancel_shortened(scenario).noop

    def test_a_tournament_of_full_length_is_not_too_short(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        assert code(partial(cancel_shortened, scenario)) == "SETTLEMENT_NOT_DUE"

    def test_a_permanent_failure_is_an_error_with_its_origin(self, store: AnyStore) -> None:
        failures = {SCHEDULED: "lock", LOCKED: "start", LIVE: "complete"}
        for status, action in failures.items():
            scenario = contest_in(store, status)
            contest = scenario.fail(action, "BROKEN").contest

            assert contest.status is ERROR
            assert contest.error_from_state is status
            assert (contest.error_code, contest.attempted_action) == ("BROKEN", action)
            assert contest.error_message == "It failed 20 times."
            expected = "SETTLEMENT_FAILED" if action == "complete" else "TRANSITION_FAILED"
            assert scenario.last_change["reason_code"] == expected

    def test_a_failure_of_a_transition_that_was_made_is_over(self, store: AnyStore) -> None:
        scenario = contest_in(store, LOCKED)
        saved = scenario.fail("lock")

        assert (saved.noop, saved.contest.status) == (True, LOCKED)
        assert code(partial(scenario.fail, "publish")) == "ACTION_CANNOT_FAIL"

    def test_an_error_is_resumed_into_the_state_that_it_came_from(self, store: AnyStore) -> None:
        failures = {SCHEDULED: "lock", LOCKED: "start", LIVE: "complete"}
        for status, action in failures.items():
            scenario = contest_in(store, status)
            if status is LOCKED:
                scenario.advance(scenario.contest.start_time)
            scenario.fail(action)
            contest = scenario.resolve(ResolveAction.RESUME).contest

            assert contest.status is status
            assert contest.error_from_state is None
            assert contest.error_code is None
            data = scenario.last_change
            assert data["reason_code"] == "ERROR_RESOLVED_RESUMED"
            assert data["evidence"]["attempted_action"] == action
            assert data["evidence"]["error_code"] == "BROKEN"

    def test_an_error_is_resumed_only_into_its_own_state(self, store: AnyStore) -> None:
        scenario = contest_in(store, ERROR)
        for action in ("resume_locked", "resume_live"):
            attempt = partial(force_resume, scenario, action)
            assert code(attempt) == "RESUME_NOT_POSSIBLE", action

        assert scenario.contest.status is ERROR

    def test_a_start_that_still_fails_is_not_resumed(self, store: AnyStore) -> None:
        scenario = publish(store)
        scenario.advance(scenario.contest.start_time)
        assert scenario.lock().applied
        scenario.fail("start")
        resume = partial(scenario.resolve, ResolveAction.RESUME)

        assert code(resume) == "RESUME_NOT_POSSIBLE"
        scenario.import_field()
        assert scenario.resolve(ResolveAction.RESUME).contest.status is LOCKED

    def test_a_settlement_that_still_fails_is_not_resumed(self, store: AnyStore) -> None:
        on_two_courses = {"par": {"31": 72, "40": 70}}
        scenario = live_contest(store, **on_two_courses)
        unknown_course = Board(cards=strokes_of(2), status="STATUS_FINAL", course_id="99")
        for minute in (1, 2):
            scenario.observe(unknown_course, minute)
        scenario.fail("complete", "COURSE_UNKNOWN")
        resume = partial(scenario.resolve, ResolveAction.RESUME)

        assert code(resume) == "RESUME_NOT_POSSIBLE"
        known_course = evolve(unknown_course, course_id="31")
        for minute in (3, 5):
            scenario.observe(known_course, minute)
        assert scenario.resolve(ResolveAction.RESUME).contest.status is LIVE

    def test_an_error_is_resolved_by_a_cancellation(self, store: AnyStore) -> None:
        for action in (ResolveAction.CANCEL, None):
            scenario = contest_in(store, ERROR)
            saved = scenario.cancel() if action is None else scenario.resolve(action)

            assert saved.contest.status is CANCELLED
            assert saved.contest.error_code is None
            data = scenario.last_change
            assert data["reason_code"] == "ERROR_RESOLVED_CANCELLED"
            assert data["evidence"]["error_code"] == "BROKEN"

    def test_an_error_is_resolved_by_a_retried_settlement(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        scenario.fail("complete")
        checked = scenario.resolve(ResolveAction.RETRY)
        run = scenario.start_run()
        scenario.finish(run, "resolve_complete")

        assert (checked.noop, checked.contest.status) == (True, ERROR)
        assert scenario.contest.status is COMPLETE
        assert scenario.contest.settlement_run_id == run.id
        assert scenario.last_change["reason_code"] == "ERROR_RESOLVED_COMPLETE"

    def test_a_live_contest_is_not_completed_as_a_resolution(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()

        assert code(partial(scenario.finish, run, "resolve_complete")) == "INVALID_TRANSITION"
        assert scenario.contest.status is LIVE
        assert scenario.runs[0].is_started

    def test_a_settled_contest_knows_its_settlement(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        contest, (run,) = scenario.contest, scenario.runs

        assert contest.settlement_run_id == run.id
        assert contest.settle_time == contest.updated_at
        data = scenario.last_change
        assert data["reason_code"] == "PROVIDER_TERMINAL_STATUS"
        assert data["evidence"]["result_digest"] == run.result_digest
        assert data["evidence"]["event_number"] == run.event_number

    def test_silence_and_the_end_time_end_no_contest(self, store: AnyStore) -> None:
        scenario = live_contest(store)
        scenario.observe(FIRST_ROUND, 1)
        scenario.observe(None, 2)
        scenario.advance(scenario.contest.start_time + timedelta(minutes=30))

        assert code(scenario.start_run) == "SETTLEMENT_NOT_DUE"
        assert scenario.contest.status is LIVE


def force_resume(scenario: ContestScenario, action: str) -> None:
    """Save a contest in ERROR with an action that returns to another state."""

    def save(tx: contests.ContestsWrite) -> None:
        head = tx.contests.contests.lock(scenario.contest_id)
        resumed = head.entity.resumed_by(action, now=tx.clock.now())
        save_change(tx, tx.contests.contests, head, resumed, action)

    within(scenario.store, save)


def force(scenario: ContestScenario, action: str) -> None:
    """Save a contest with an action that its state does not have."""

    def save(tx: contests.ContestsWrite) -> None:
        head = tx.contests.contests.lock(scenario.contest_id)
        save_change(tx, tx.contests.contests, head, head.entity, action)

    within(scenario.store, save)


def listed_due(store: AnyStore, now: datetime, *, after: str = "", limit: int = 50) -> list[str]:
    """Return the ids of the contests that are overdue."""
    heads = store.read(lambda tx: tx.contests.contests.joins.due(now, after=after, limit=limit))
    return [head.entity.id for head in heads]
