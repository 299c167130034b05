"""The causes of a prize: the settlement run, the score, the events, and the provider's bytes."""

from collections.abc import Iterator, Sequence
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.contests import Contest, EventKind, SettlementRun
from indelible.contests.entities.records import ContestEvent, SettlementLine
from indelible.contests.errors import ContestNotFound
from indelible.kernel.money import amount_text
from indelible_web.http.admin import PREFIX
from indelible_web.http.causes import Cause

WINDOW: Final = 20  # events before the last one, among which the applied leaderboard is looked for
LEADERBOARDS: Final = frozenset({EventKind.SNAPSHOT, EventKind.CORRECTION})


def prize_causes(tx: ReadTx, reference: str, party: str) -> Sequence[Cause]:
    """Return the causes of what a contest owes a party; none if the reference is no contest."""
    try:
        contest = tx.contests.contests.get(reference).entity
    except ContestNotFound:
        return ()
    head = tx.contests.runs.completed(contest.id)
    if head is None:
        return ()
    run = head.entity
    causes = [_run_cause(contest, run)]
    for line in tx.contests.runs.joins.lines_of_user(run.id, party):
        causes.append(_score_cause(contest, run, line))
    for event in _deciding_events(tx, run):
        causes += _event_causes(contest, event)
    return causes


def _run_cause(contest: Contest, run: SettlementRun) -> Cause:
    return Cause(
        kind="settlement run",
        key=run.id,
        text=f"Run {run.number} has settled {contest.contest_name} with the events up to"
        f" {run.event_number}.",
        path=f"{PREFIX}/contests/{contest.id}/settlement-audit/{run.id}",
        page=_page_of(contest),
    )


def _score_cause(contest: Contest, run: SettlementRun, line: SettlementLine) -> Cause:
    score = "no score" if line.score is None else f"score {line.score}"
    payout = amount_text(line.payout_minor, run.currency)
    return Cause(
        kind="score",
        key=line.entry_id,
        text=f"Rank {line.rank} with {score}: {payout}.",
        path=f"{PREFIX}/contests/{contest.id}/settlement-audit/{run.id}/lines",
        page=_page_of(contest),
    )


def _deciding_events(tx: ReadTx, run: SettlementRun) -> Iterator[ContestEvent]:
    """Yield the last event of a run, and the leaderboard that was applied then, in this order."""
    last = tx.contests.logs.event(run.contest_id, run.event_number)
    yield last
    if last.kind in LEADERBOARDS:
        return
    if last.snapshot_number is not None:
        yield tx.contests.logs.event(run.contest_id, last.snapshot_number)
        return
    after = max(0, run.event_number - WINDOW)
    events = tx.contests.logs.valid_events(run.contest_id, after=after, until=run.event_number)
    leaderboards = [event for event in events if event.kind in LEADERBOARDS]
    yield from leaderboards[-1:]


def _event_causes(contest: Contest, event: ContestEvent) -> tuple[Cause, Cause]:
    """Return an event, and the bytes that it rests on."""
    log = f"{PREFIX}/contests/{contest.id}/ingestion-events"
    payload_page = url_for("console.contest_payload", contest_id=contest.id, number=event.number)
    return (
        Cause(
            kind="event",
            key=f"{contest.id}/{event.number}",
            text=f"Event {event.number}, {event.kind}, with the hash {event.event_hash}.",
            path=log,
            page=_page_of(contest),
        ),
        Cause(
            kind="bytes of the provider",
            key=event.payload_digest,
            text=f"They were received for event {event.number}, and have this SHA-256.",
            path=f"{log}/{event.number}/payload",
            page=payload_page,
        ),
    )


def _page_of(contest: Contest) -> str:
    return url_for("console.contest", contest_id=contest.id)
