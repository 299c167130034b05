"""Read the bundle of a contest: everything that its result can be recomputed from."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from indelible.contests.entities.records import ContestEvent, SettlementLine
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.bundle import bundle_document
from indelible.contests.rules.settlement import SettlementInput, settle
from indelible.contests.rules.values import EligibleEntry
from indelible.contests.tasks.settlement_inputs import read_settlement

PAGE_SIZE: Final = 500


def read_bundle(tx: ContestsRead, contest_id: str) -> dict[str, Any]:
    """Return the inputs, the configuration and the digests of a contest, as of one instant.

    The bundle of a settled contest holds the entries of its settlement, even if they have changed
    since.

    Raises: ContestNotFound, LeaderboardNotKnown, RoundsNotOfficial, SettlementFailed.
    """
    inputs = read_settlement(tx, contest_id).input
    completed = tx.contests.runs.completed(contest_id)
    if completed is not None:
        inputs = _settled_input(tx, inputs, completed.entity)

    events = _events_until(tx, contest_id, inputs.event_number)
    return bundle_document(inputs, settle(inputs), events)


def _settled_input(
    tx: ContestsRead, inputs: SettlementInput, run: SettlementRun
) -> SettlementInput:
    """Return the input with the events and the entries of the run that settled the contest.

    Later events are refused, so that the leaderboard is still the one of the settlement.
    """
    return evolve(
        inputs,
        event_number=run.event_number,
        events_digest=run.events_digest,
        entries=tuple(_settled_entries(tx, run.id)),
    )


def _settled_entries(tx: ContestsRead, run_id: str) -> Iterator[EligibleEntry]:
    after = 0
    while True:
        lines = tx.contests.runs.joins.lines(run_id, after=after, limit=PAGE_SIZE)
        for line in lines:
            yield _settled_entry(tx, line)
        if len(lines) < PAGE_SIZE:
            return
        after = lines[-1].number


def _settled_entry(tx: ContestsRead, line: SettlementLine) -> EligibleEntry:
    """Return an entry as it was settled: its roster and its payment never change after the lock."""
    entry = tx.contests.entries.get(line.entry_id).entity
    roster = tx.contests.entries.roster(entry.id, entry.roster_number)
    assert entry.paid_at is not None  # noqa: S101 - an entry without a payment has no line
    return EligibleEntry(
        entry_id=line.entry_id,
        user_id=line.user_id,
        payment_ref=line.payment_ref,
        paid_minor=line.paid_minor,
        paid_at=entry.paid_at,
        roster_digest=line.roster_digest,
        player_ids=roster.player_ids,
        prediction=roster.prediction,
    )


def _events_until(tx: ContestsRead, contest_id: str, number: int) -> Iterator[ContestEvent]:
    after = 0
    while after < number:
        limit = min(PAGE_SIZE, number - after)
        events = tx.contests.logs.events(contest_id, after=after, limit=limit)
        if not events:
            return
        yield from events
        after = events[-1].number
