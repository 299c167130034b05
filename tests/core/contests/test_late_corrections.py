"""Tests of late changes of a provider: stored and reported, they change no result."""

from tests.contest_runs import EVENT_ID, FINAL, OPTIONS, ContestRun

from indelible.contests import newest_late_event
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.records import ContestEvent
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import FETCH_TOURNAMENT_STAGE, INGEST_CONTEST_STAGE
from indelible.kernel.stages import PermanentFailure
from indelible_service.demos.leaderboards import Tournament
from indelible_web.contests.late_changes import LateChange, late_change, read_late_input
from indelible_web.contests.overview import contest_row


def fetch(run: ContestRun) -> None:
    """Fetch the tournament a minute later."""
    run.clock.advance(60)
    run.fetch()


def late_event(run: ContestRun, contest: Contest) -> ContestEvent | None:
    """Return the newest late leaderboard."""
    return run.store.read(newest_late_event, run.contest(contest))


def late_change_of(run: ContestRun, contest: Contest) -> LateChange:
    """Return what the page of the contest shows."""
    late_input = run.store.read(read_late_input, run.contest(contest))
    assert late_input is not None
    return late_change(late_input)


def alerts_of(run: ContestRun, contest: Contest) -> list[str]:
    """Return the codes of the alerts in the list of contests."""
    row = run.store.read(contest_row, run.contest(contest), run.clock.now())
    return [alert.code.value for alert in row.alerts]


def test_a_late_ruling_is_one_event_and_the_result_stays(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    before = run.contest(contest)
    (settlement,) = run.runs(contest)
    lines, kinds = run.lines(settlement), run.kinds(contest)
    fetch(run)
    assert run.kinds(contest) == kinds
    assert alerts_of(run, contest) == []

    for _ in range(3):
        run.serve_ruling()
        fetch(run)

    assert run.kinds(contest) == [*kinds, "!SNAPSHOT"]
    event = late_event(run, contest)
    assert event is not None
    faults = run.store.read(
        lambda tx: tx.contests.logs.joins.faults(contest.id, event.number, after=0, limit=9)
    )
    assert [fault.code for fault in faults] == ["AFTER_TERMINAL_LOCK"]
    assert alerts_of(run, contest) == ["AFTER_TERMINAL_LOCK"]
    assert run.contest(contest) == before
    assert run.runs(contest) == [settlement]
    assert run.lines(settlement) == lines
    assert run.log(contest).fetch_number == run.fetch_number()


def test_a_late_ruling_shows_the_lines_that_would_differ(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    run.serve_ruling(players=len(Tournament(OPTIONS).golfers) // 2)
    fetch(run)

    change = late_change_of(run, contest)

    (settlement,) = run.runs(contest)
    stored = {line.entry_id: line for line in run.lines(settlement)}
    assert (change.problem, change.is_reproduced) == ("", True)
    assert change.differences
    for line in change.differences:
        assert line.score == stored[line.entry_id].score
        assert line.payout_minor == stored[line.entry_id].payout_minor
        assert (line.rank, line.score, line.payout_minor) != (
            line.other_rank,
            line.other_score,
            line.other_payout_minor,
        )


def test_a_ruling_that_is_taken_back_stays_reported(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    kinds = run.kinds(contest)
    run.serve_ruling()
    fetch(run)
    run.serve(FINAL)
    fetch(run)

    assert run.kinds(contest) == [*kinds, "!SNAPSHOT"]
    assert alerts_of(run, contest) == ["AFTER_TERMINAL_LOCK"]


def test_a_second_ruling_is_another_event_with_a_difference_of_its_own(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    kinds = run.kinds(contest)
    events: list[ContestEvent | None] = []
    for strokes in (1, 2):
        run.serve_ruling(strokes=strokes)
        fetch(run)
        events.append(late_event(run, contest))

    assert run.kinds(contest) == [*kinds, "!SNAPSHOT", "!SNAPSHOT"]
    assert events[0] != events[1]
    assert late_change_of(run, contest).event == events[1]


def test_an_answer_that_is_no_leaderboard_is_no_late_change(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    kinds = run.kinds(contest)
    for content in (b"<html></html>", b"{}", b""):
        run.provider.serve_bytes(content)
        fetch(run)

    assert run.kinds(contest) == kinds
    assert alerts_of(run, contest) == []


def test_a_lost_fetch_and_a_lost_ingestion_of_a_settled_contest_are_repaired(
    run: ContestRun,
) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    kinds = run.kinds(contest)
    run.serve_ruling()
    run.clock.advance(60)
    run.record_fetch()

    def fail(_: object) -> None:
        raise PermanentFailure("a defect")

    run.process(INGEST_CONTEST_STAGE, at_failpoint=fail)
    assert run.kinds(contest) == kinds
    run.reconcile()
    run.process(INGEST_CONTEST_STAGE)

    assert run.kinds(contest) == [*kinds, "!SNAPSHOT"]
    assert run.task(FETCH_TOURNAMENT_STAGE, EVENT_ID).due_at is not None
