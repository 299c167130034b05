"""Read the input of a settlement in one read, and prepare its result for the transaction."""

from datetime import datetime, timedelta

from attrs import frozen

from indelible.contests.commands import FinishRun
from indelible.contests.entities import Contest, SettlementLine, SettlementTotals
from indelible.contests.errors import LeaderboardNotKnown, RoundsNotOfficial
from indelible.contests.ports import ContestsRead
from indelible.contests.rules.configuration import Configuration
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.settlement import Settlement, SettlementInput
from indelible.contests.rules.terminal import (
    is_shortened_too_much,
    official_rounds,
    settlement_due,
)
from indelible.contests.tasks.states import configuration_of, state_of
from indelible.kernel.bulk import Bulk


@frozen(kw_only=True)
class SettlementRead:
    """The input of a settlement, and the state of the log that it rests on."""

    input: SettlementInput
    state: LogState


@frozen(kw_only=True)
class SettlementDue:
    """The instant at which a contest may be settled, None while its tournament goes on."""

    due_at: datetime | None
    is_too_short: bool = False  # the tournament ended with too few official rounds


def settlement_state(tx: ContestsRead, contest: Contest) -> SettlementDue:
    """Return when a live contest may be settled, and whether it has enough official rounds."""
    log = tx.contests.logs.get(contest.id).entity
    if log.terminal_number is None:
        return SettlementDue(due_at=None)

    configuration = configuration_of(tx, contest)
    state = state_of(tx, log)
    return SettlementDue(
        due_at=settlement_due(state, configuration, log.marks),
        is_too_short=is_shortened_too_much(state, configuration),
    )


def read_settlement(
    tx: ContestsRead, contest_id: str, configuration: Configuration | None = None
) -> SettlementRead:
    """Return everything that a settlement is computed from, as of one instant.

    With a configuration, the contest's own one is left aside.

    Raises: ContestNotFound, LeaderboardNotKnown, RoundsNotOfficial.
    """
    contest = tx.contests.contests.get(contest_id).entity
    log = tx.contests.logs.get(contest_id).entity
    used = configuration or configuration_of(tx, contest)
    state = state_of(tx, log)
    if state.leaderboard is None or state.field is None:
        raise LeaderboardNotKnown(contest_id)

    rounds = rounds_of(state, used)
    if rounds is None:
        raise RoundsNotOfficial(contest_id, log.event_number)

    grace = timedelta(seconds=used.payment_grace_seconds)
    entries = tuple(tx.contests.entries.eligible(contest_id, contest.lock_time + grace))
    settlement_input = SettlementInput(
        contest_id=contest_id,
        configuration=used,
        configuration_digest=used.digest,
        event_number=log.event_number,
        events_digest=log.event_hash,
        leaderboard=state.leaderboard,
        field=state.field,
        official_rounds=rounds,
        entries=entries,
    )
    return SettlementRead(input=settlement_input, state=state)


def rounds_of(state: LogState, configuration: Configuration) -> int | None:
    """Return the number of official rounds, None while the tournament goes on."""
    if state.leaderboard is None:
        return None

    return official_rounds(state.leaderboard, configuration)


def finish_command(run_id: str, settlement: Settlement, action: str) -> FinishRun:
    """Return the command that stores a settlement; it takes long for many lines.

    Call it before the transaction begins.
    """
    totals = SettlementTotals(
        eligibility_digest=settlement.eligibility_digest,
        official_rounds=settlement.official_rounds,
        result_digest=settlement.result_digest,
        pool_minor=settlement.pool_minor,
        rake_minor=settlement.rake_minor,
        rounding_minor=settlement.rounding_minor,
        retained_minor=settlement.retained_minor,
        top_up_minor=settlement.top_up_minor,
        line_count=len(settlement.lines),
    )
    lines: list[SettlementLine] = []
    for line in settlement.lines:
        lines.append(
            SettlementLine(
                number=line.number,
                entry_id=line.entry_id,
                user_id=line.user_id,
                payment_ref=line.payment_ref,
                paid_minor=line.paid_minor,
                roster_digest=line.roster_digest,
                rank=line.rank,
                score=line.score,
                payout_minor=line.payout_minor,
            )
        )

    return FinishRun(
        run_id=run_id, totals=totals, lines=Bulk.of(SettlementLine, lines), action=action
    )
