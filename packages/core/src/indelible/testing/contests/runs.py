"""Requirements on settlement runs: their input, their lines, and what happens to killed ones."""

from functools import partial

from attrs import evolve

from indelible import contests
from indelible.contests import ContestStatus, RunStatus, SettlementRun
from indelible.contests.rules.settlement import eligibility_digest
from indelible.kernel.aggregates import save_change
from indelible.testing.captures.scenarios import code
from indelible.testing.contests.entries import eligible, refund, void
from indelible.testing.contests.payloads import FINAL_BOARD, strokes_of
from indelible.testing.contests.scenarios import (
    FEE,
    ContestScenario,
    complete_contest,
    due_contest,
    live_contest,
)
from indelible.testing.stores import AnyStore, within
from indelible.testing.suite import Suite


def fail_run(scenario: ContestScenario, run: SettlementRun) -> SettlementRun:
    """Fail a run."""
    command = contests.FailRun(run_id=run.id, error_code="BROKEN", error_message="It failed.")
    return scenario.run(contests.fail_run, command).entity


class RunConformance(Suite):
    """Requirements on settlement runs."""

    def test_a_run_names_its_input(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        contest, log = scenario.contest, scenario.log

        assert (run.number, run.status) == (1, RunStatus.STARTED)
        assert run.configuration_digest == contest.configuration_digest
        assert run.configuration_version == contest.configuration_version
        assert (run.event_number, run.events_digest) == (log.event_number, log.event_hash)
        assert (run.entries_count, run.entries_seq_sum) == (2, 4)
        assert run.engine_version == "golf-1"
        assert run.result_digest is None
        assert store.read(lambda tx: tx.contests.runs.get(run.id)).entity == run
        assert contest.status is ContestStatus.LIVE

    def test_a_settlement_writes_contest_run_and_lines(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        (run,) = scenario.runs
        lines = scenario.lines
        paid_until = scenario.contest.lock_time

        assert run.status is RunStatus.COMPLETE
        assert run.settled_at == run.updated_at
        assert (run.pool_minor, run.rake_minor, run.line_count) == (2 * FEE, 500, 2)
        assert run.eligibility_digest == eligibility_digest(eligible(scenario, paid_until))
        assert [line.number for line in lines] == [1, 2]
        assert [line.rank for line in lines] == [1, 2]
        assert sum(line.payout_minor for line in lines) == 2 * FEE - 500
        assert {line.user_id for line in lines} == {"ann", "bob"}
        assert scenario.lines_of(run.id, after=1) == lines[1:]
        mine = store.read(lambda tx: tx.contests.runs.joins.lines_of_user(run.id, "bob"))
        assert mine == tuple(line for line in lines if line.user_id == "bob")
        completed = store.read(lambda tx: tx.contests.runs.completed(scenario.contest_id))
        assert completed is not None
        assert completed.entity == run

    def test_a_settlement_without_entries_is_empty(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        for item in scenario.entries:
            refund(scenario, item.entity)
        scenario.finish(scenario.start_run())
        (run,) = scenario.runs

        assert (run.line_count, run.pool_minor, run.rake_minor) == (0, 0, 0)
        assert scenario.lines == ()
        assert scenario.contest.status is ContestStatus.COMPLETE

    def test_entries_that_are_not_eligible_have_no_line(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        (ann,) = store.read(contests.entries_of_user, scenario.contest_id, "ann")
        void(scenario, ann)
        scenario.finish(scenario.start_run())

        assert [line.user_id for line in scenario.lines] == ["bob"]

    def test_the_same_settlement_again_has_the_same_digests(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        first = scenario.start_run()
        settlement = scenario.settlement(first)
        fail_run(scenario, first)
        scenario.finish(scenario.start_run())
        run = scenario.runs[0]

        assert run.result_digest == settlement.result_digest
        assert run.eligibility_digest == settlement.eligibility_digest

    def test_a_run_that_was_left_started_is_failed_by_the_next(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        killed, following = scenario.start_run(), scenario.start_run()
        second, first = scenario.runs

        assert (first.id, first.status) == (killed.id, RunStatus.FAILED)
        assert first.error_code == "RUN_ABANDONED"
        assert (second.id, second.number) == (following.id, 2)
        assert code(partial(scenario.finish, killed)) == "INVALID_TRANSITION"
        scenario.finish(following)
        started = store.read(lambda tx: tx.contests.runs.started(scenario.contest_id))
        assert started is None

    def test_a_changed_log_refuses_a_settlement(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        command = contests.FinishRun.of(run.id, scenario.settlement(run))
        scenario.observe(evolve(FINAL_BOARD, cards=strokes_of(2, base=69)), 9)
        attempt = partial(scenario.run, contests.finish_run, command)

        assert code(attempt) == "SETTLEMENT_INPUT_CHANGED"
        assert scenario.contest.status is ContestStatus.LIVE
        assert scenario.runs[0].is_started
        assert scenario.lines == ()

    def test_changed_entries_refuse_a_settlement(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        command = contests.FinishRun.of(run.id, scenario.settlement(run))
        (ann,) = store.read(contests.entries_of_user, scenario.contest_id, "ann")
        void(scenario, ann)
        attempt = partial(scenario.run, contests.finish_run, command)

        assert code(attempt) == "SETTLEMENT_INPUT_CHANGED"
        assert scenario.contest.status is ContestStatus.LIVE

    def test_a_settlement_of_another_contest_is_refused(self, store: AnyStore) -> None:
        first, second = due_contest(store), due_contest(store)
        run, other = first.start_run(), second.start_run()
        command = contests.FinishRun.of(run.id, second.settlement(other))

        assert code(partial(first.run, contests.finish_run, command)) == "SETTLEMENT_INPUT_CHANGED"

    def test_a_fetch_that_shows_nothing_new_does_not_disturb(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        scenario.observe(FINAL_BOARD, 5)
        scenario.finish(run)

        assert scenario.contest.status is ContestStatus.COMPLETE

    def test_a_settlement_whose_sums_differ_is_refused(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        settlement = scenario.settlement(run)
        for changes in (
            {"rake_minor": settlement.rake_minor + 1},
            {"pool_minor": settlement.pool_minor + 1},
            {"lines": settlement.lines[:1]},
        ):
            attempt = partial(contests.FinishRun.of, run.id, evolve(settlement, **changes))
            assert code(attempt) == "SETTLEMENT_UNBALANCED", changes

    def test_a_settlement_waits_for_the_end_of_the_hold(self, store: AnyStore) -> None:
        scenario = live_contest(store, settlement_hold_seconds=3600)
        scenario.finish_tournament()

        assert scenario.log.terminal_number is not None
        assert code(scenario.start_run) == "SETTLEMENT_NOT_DUE"
        assert scenario.runs == ()

    def test_a_settled_contest_is_not_settled_again(self, store: AnyStore) -> None:
        scenario = complete_contest(store)
        assert code(scenario.start_run) == "INVALID_TRANSITION"
        assert code(partial(fail_run, scenario, scenario.runs[0])) == "INVALID_TRANSITION"

    def test_a_contest_has_one_started_run(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        attempt = partial(_add_run, scenario, run)

        assert code(attempt) == "SETTLEMENT_RUN_IN_PROGRESS"
        assert scenario.runs == (run,)

    def test_a_complete_run_needs_its_lines(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        command = contests.FinishRun.of(run.id, scenario.settlement(run))

        def save(tx: contests.ContestsWrite) -> None:
            head = tx.contests.runs.lock(run.id)
            completed = head.entity.completed(command.totals, now=tx.clock.now())
            save_change(tx, tx.contests.runs, head, completed, "complete")

        assert code(partial(within, store, save)) == "BULK_DIFFERS"

    def test_an_unknown_run_is_not_found(self, store: AnyStore) -> None:
        scenario = due_contest(store)
        run = scenario.start_run()
        unknown = evolve(run, id="nobody")

        assert code(partial(fail_run, scenario, unknown)) == "RUN_NOT_FOUND"
        assert code(partial(scenario.finish, unknown)) == "RUN_NOT_FOUND"
        assert scenario.lines_of("nobody") == ()


def _add_run(scenario: ContestScenario, run: SettlementRun) -> None:
    """Save a second started run of a contest."""

    def save(tx: contests.ContestsWrite) -> None:
        now = tx.clock.now()
        second = evolve(run, id="second", number=2, created_at=now, updated_at=now)
        save_change(tx, tx.contests.runs, None, second, "start")

    within(scenario.store, save)
