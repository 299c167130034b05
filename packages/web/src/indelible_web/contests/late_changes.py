"""The difference that a change of the leaderboard after the settlement would have made."""

from typing import Final

from attrs import evolve, frozen

from indelible.app import ReadTx
from indelible.contests import (
    Contest,
    ContestEvent,
    Leaderboard,
    SettlementInput,
    SettlementRun,
    newest_late_event,
    settle,
)
from indelible.contests.rules.failures import SettlementFailed
from indelible.contests.rules.terminal import official_rounds
from indelible.contests.tasks.dry_runs import LineDifference, differences_of
from indelible.contests.tasks.settlement_inputs import read_settlement

MAX_LINES: Final = 1_000  # Of a settlement that the page of a contest computes again.


@frozen(kw_only=True)
class LateInput:
    """A settled contest, the run, and the event that came after it; all read from one view."""

    run: SettlementRun
    event: ContestEvent
    settlement_input: SettlementInput | None


@frozen(kw_only=True)
class LateChange:
    """The lines that would differ, had the event arrived before the settlement.

    `problem` says why they are not computed. `is_reproduced` is False if the stored records no
    longer lead to the stored result, as after a refund.
    """

    event: ContestEvent
    differences: tuple[LineDifference, ...] = ()
    problem: str = ""
    is_reproduced: bool = True


def read_late_input(tx: ReadTx, contest: Contest) -> LateInput | None:
    """Return the newest change of the leaderboard after the settlement, None without one."""
    event = newest_late_event(tx, contest)
    if event is None:
        return None

    run = tx.contests.runs.get(contest.settlement_run_id or "").entity
    settlement_input = None
    if (run.line_count or 0) <= MAX_LINES:
        settlement_input = read_settlement(tx, contest.id).input
    return LateInput(run=run, event=event, settlement_input=settlement_input)


def late_change(late: LateInput) -> LateChange:
    """Return the difference that a late event would have made; no transaction is open."""
    if late.settlement_input is None or late.event.body is None:
        return LateChange(event=late.event, problem="The contest has too many entries for a page.")

    leaderboard = Leaderboard.of_body(late.event.body)
    rounds = official_rounds(leaderboard, late.settlement_input.configuration)
    if rounds is None:
        return LateChange(event=late.event, problem="With it, the tournament is not over.")

    late_input = evolve(late.settlement_input, leaderboard=leaderboard, official_rounds=rounds)
    try:
        stored = settle(late.settlement_input)
        other = settle(late_input)
    except SettlementFailed as error:
        return LateChange(event=late.event, problem=error.describe())

    return LateChange(
        event=late.event,
        differences=differences_of(stored, other),
        is_reproduced=stored.result_digest == late.run.result_digest,
    )
