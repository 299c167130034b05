"""The stage that settles contests, and settlements by operators."""

import pytest
from attrs import evolve
from tests.contest_runs import FINAL, FIRST_ROUND, OPTIONS, ContestRun
from tests.core.contests.failing import Away, Broken, failing

from indelible.contests.commands.contests import ResolveError
from indelible.contests.commands.entries import VoidEntry
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.values import ResolveAction
from indelible.contests.handlers.entries import void_entry
from indelible.contests.handlers.transitions import resolve_error
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.repositories.transactions import ContestsRead, ContestsWrite
from indelible.contests.rules.settlement import SettlementInput
from indelible.contests.rules.tasks import SETTLE_CONTEST_STAGE
from indelible.contests.tasks import settlement as settlement_module
from indelible.contests.tasks.failpoints import ContestFailpoint
from indelible.contests.tasks.observers import SilentContestObserver
from indelible.contests.tasks.settlement import SettleContest, SettleWork, settle_now
from indelible.contests.tasks.settlement_inputs import SettlementRead, read_settlement
from indelible.kernel import Actor
from indelible.kernel.stages import Postpone
from indelible_service.demos.leaderboards import Tournament, competitors_of, encode

OPS = Actor.user("ops")


def fail_settlement(run: ContestRun, contest: Contest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the computation of a settlement fail for good."""

    def broken(_: SettlementInput) -> None:
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(settlement_module, "settle", broken)
        run.settle()
    assert run.status(contest) is ContestStatus.ERROR


def test_a_contest_is_settled_after_the_hold(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)

    (settled,) = run.runs(contest)
    assert run.actions(contest) == ["publish", "lock", "start", "complete"]
    assert run.contest(contest).settlement_run_id == settled.id
    assert (settled.status, settled.line_count) == (RunStatus.COMPLETE, 3)
    assert settled.pool_minor == 3 * 2_501


def test_nothing_is_settled_during_the_hold(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.start(contest)
    run.play()
    run.enqueue(SETTLE_CONTEST_STAGE, contest.id)

    run.settle()

    assert run.status(contest) is ContestStatus.LIVE
    assert run.runs(contest) == []
    due_at = run.task(SETTLE_CONTEST_STAGE, contest.id).due_at
    assert due_at is not None
    assert (due_at - run.clock.now()).total_seconds() == 120


def test_a_tournament_that_goes_on_is_not_settled(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.start(contest)
    run.fetch(FIRST_ROUND)
    run.enqueue(SETTLE_CONTEST_STAGE, contest.id)
    run.clock.advance(30 * 86_400)

    run.settle()

    assert run.status(contest) is ContestStatus.LIVE
    assert run.runs(contest) == []


def test_progress_during_the_hold_begins_it_again(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.start(contest)
    run.play()
    document = Tournament(OPTIONS).document(evolve(FINAL, is_final=False))
    competitors_of(document)[0]["status"]["position"]["displayName"] = "1"
    run.clock.advance(30)
    run.provider.serve_bytes(encode(document))
    run.fetch()
    run.hold()
    run.settle()
    assert run.status(contest) is ContestStatus.LIVE

    for _ in range(2):
        run.fetch(FINAL)
        run.clock.advance(90)
    run.hold()
    run.settle()

    assert run.status(contest) is ContestStatus.COMPLETE


def test_a_shortened_tournament_cancels_its_contest(run: ContestRun) -> None:
    contest = run.open(min_official_rounds=2)
    run.lock(contest)
    run.start(contest)
    short = evolve(FIRST_ROUND, is_final=True)
    for _ in range(2):
        run.clock.advance(90)
        run.fetch(short)
    run.hold()

    run.settle()

    assert run.actions(contest)[-1] == "cancel_shortened"
    assert run.runs(contest) == []


def test_a_cancellation_waits_if_the_short_tournament_goes_on_after_the_claim(
    run: ContestRun,
) -> None:
    contest = run.open(min_official_rounds=2)
    run.lock(contest)
    run.start(contest)
    run.fetch(FIRST_ROUND)
    claimed = SettleWork(contest_id=contest.id, run_id=None)

    def finish(tx: ContestsWrite, work: SettleWork) -> None:
        SettleContest(store=run.store).finish(tx, [(work, None)])

    with pytest.raises(Postpone):
        run.store.run(finish, claimed, actor=OPS, reason="a test")
    assert run.status(contest) is ContestStatus.LIVE


def test_entries_that_change_during_the_computation_are_read_again(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    entries = run.store.read(
        lambda tx: tx.contests.entries.find({"contest_id": contest.id}, limit=9)
    )
    voids = [VoidEntry(entry_id=entries[0].entity.id)]

    def void(reached: ContestFailpoint) -> None:
        if reached is ContestFailpoint.SETTLE_AFTER_COMPUTE and voids:
            run.store.run(void_entry, voids.pop(), actor=OPS, reason="a dispute")

    run.process(SETTLE_CONTEST_STAGE, at_failpoint=void)
    assert run.status(contest) is ContestStatus.LIVE
    run.clock.advance(2)
    run.settle()

    assert run.status(contest) is ContestStatus.COMPLETE
    newest, first = run.runs(contest)
    assert (newest.line_count, first.status) == (2, RunStatus.FAILED)
    assert run.task(SETTLE_CONTEST_STAGE, contest.id).attempts == 1


def test_a_failed_computation_ends_the_run_and_brings_the_contest_to_error(
    run: ContestRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = run.bring_to(ContestStatus.LIVE)

    fail_settlement(run, contest, monkeypatch)

    (failed,) = run.runs(contest)
    assert (failed.status, failed.error_code) == (RunStatus.FAILED, "BROKEN_FOR_GOOD")
    assert run.contest(contest).error_code == "BROKEN_FOR_GOOD"
    assert run.contest(contest).attempted_action == "complete"


@pytest.mark.slow
def test_a_transient_failure_leaves_the_contest_live(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    fail = failing(ContestFailpoint.SETTLE_AFTER_READ, Away)

    for _ in range(19):
        run.process(SETTLE_CONTEST_STAGE, at_failpoint=fail)
        run.clock.advance(600)
    assert run.status(contest) is ContestStatus.LIVE
    run.settle()

    assert run.status(contest) is ContestStatus.COMPLETE


def test_an_operator_settles_a_contest_in_error(
    run: ContestRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    fail_settlement(run, contest, monkeypatch)

    saved = settle_now(
        run.store, contest.id, action="resolve_complete", actor=OPS, reason="it is mended"
    )

    assert run.status(contest) is ContestStatus.COMPLETE
    change = run.changes(contest)[-1]
    assert (change.action, str(change.actor), change.reason) == (
        "resolve_complete",
        "user:ops",
        "it is mended",
    )
    assert saved.entity.status is RunStatus.COMPLETE


def test_an_operators_settlement_that_fails_changes_nothing_but_its_run(
    run: ContestRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    fail_settlement(run, contest, monkeypatch)

    def broken(_: SettlementInput) -> None:
        raise Broken

    monkeypatch.setattr(settlement_module, "settle", broken)
    with pytest.raises(Broken):
        settle_now(run.store, contest.id, action="resolve_complete", actor=OPS, reason="again")

    assert run.status(contest) is ContestStatus.ERROR
    assert [settled.status for settled in run.runs(contest)] == [RunStatus.FAILED] * 2


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (ResolveAction.RESUME, ContestStatus.COMPLETE),
        (ResolveAction.CANCEL, ContestStatus.CANCELLED),
    ],
)
def test_an_error_of_a_settlement_is_left_by_resuming_or_canceling(
    run: ContestRun,
    monkeypatch: pytest.MonkeyPatch,
    action: ResolveAction,
    expected: ContestStatus,
) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    fail_settlement(run, contest, monkeypatch)
    resolve = ResolveError(contest_id=contest.id, action=action)
    run.store.run(resolve_error, resolve, actor=OPS, reason="a test")

    run.reconcile()
    run.settle()

    assert run.status(contest) is expected


class Replays(SilentContestObserver):
    """Notes whether replays led to the stored state."""

    def __init__(self) -> None:
        self.outcomes: list[bool] = []

    def replayed(self, *, is_equal: bool) -> None:
        self.outcomes.append(is_equal)


def test_a_state_that_no_replay_leads_to_is_not_settled(
    run: ContestRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    observer = Replays()

    def read_other_state(tx: ContestsRead, contest_id: str) -> SettlementRead:
        read = read_settlement(tx, contest_id)
        return evolve(read, state=evolve(read.state, observations=99))

    monkeypatch.setattr(settlement_module, "read_settlement", read_other_state)
    run.process(SETTLE_CONTEST_STAGE, observer=observer)

    assert observer.outcomes == [False]
    assert run.contest(contest).error_code == "REPLAY_MISMATCH"
