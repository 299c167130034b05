"""Reads of several records that handlers and queries share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from indelible.contests import errors
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.logs import ContestLog
from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.marks import state_without_bodies
from indelible.contests.rules.tasks import FOLLOW_AFTER_SETTLEMENT
from indelible.contests.rules.terminal import is_shortened_too_much, official_rounds, settlement_due
from indelible.kernel import instant_text
from indelible.kernel.json_objects import JsonObject


@frozen(kw_only=True)
class DueSettlement:
    """A contest whose tournament has ended and whose hold is over, with what a settlement needs."""

    contest: Contest
    log: ContestLog
    configuration: Configuration
    state: LogState
    official_rounds: int
    due_at: datetime

    def facts(self) -> dict[str, Any]:
        """Return the evidence about the end."""
        return {
            "terminal_number": self.state.terminal_number,
            "event_number": self.log.event_number,
            "events_digest": self.log.event_hash,
            "official_rounds": self.official_rounds,
            "due_at": instant_text(self.due_at),
        }

    def require_shortened(self) -> None:
        """Raise SettlementNotDue unless there are too few official rounds to settle."""
        if not is_shortened_too_much(self.state, self.configuration):
            minimum = self.configuration.min_official_rounds
            raise errors.SettlementNotDue(
                self.contest.id,
                f"fewer than {minimum} official rounds",
                f"{self.official_rounds} official rounds",
            )


def configuration_of(tx: ContestsRead, contest: Contest) -> Configuration:
    """Return the newest configuration of a contest, parsed from its record.

    Raises:
        ConfigurationInvalid: The stored configuration has faults.
    """
    record = tx.contests.contests.configuration(contest.id, contest.configuration_version)
    return parse_configuration(record.configuration, created_at=None)


def followed_contests(tx: ContestsRead, provider_event_id: str, now: datetime) -> tuple[str, ...]:
    """Return the ids of a tournament's contests that take fetches up, in order of id.

    A settled contest takes them up for a while: a late correction is stored and never applied. A
    canceled one takes none.
    """
    return tx.contests.contests.joins.followed_of_tournament(
        provider_event_id, settled_after=now - FOLLOW_AFTER_SETTLEMENT
    )


def folded_state(tx: ContestsRead, log: ContestLog) -> LogState:
    """Return the folded state of a log: its marks, and the bodies of two events."""
    return evolve(
        state_without_bodies(log),
        field_body=_body(tx, log, log.field_number),
        leaderboard_body=_body(tx, log, log.leaderboard_number),
    )


def require_open_log(log: ContestLog) -> ContestLog:
    """Return a log that a contest can be settled from.

    Raises:
        SettlementNotDue: An operator has paused the log.
    """
    if not log.is_open:
        raise errors.SettlementNotDue(log.contest_id, "an open log", "a log that is paused")
    return log


def require_due(tx: ContestsRead, contest: Contest, now: datetime) -> DueSettlement:
    """Return what the settlement of a contest needs.

    Raises:
        SettlementNotDue: The tournament has not ended, an operator has to resolve a conflict, the
            hold is not over, or the log is paused.
    """
    log = require_open_log(tx.contests.logs.get(contest.id).entity)
    configuration = configuration_of(tx, contest)
    state = folded_state(tx, log)
    due_at = settlement_due(state, configuration, log.marks)
    rounds = None
    if state.leaderboard is not None:
        rounds = official_rounds(state.leaderboard, configuration)
    if due_at is None or rounds is None:
        expected = "a TERMINAL event and no open TIMESTAMP_CONFLICT"
        raise errors.SettlementNotDue(contest.id, expected, _end_text(log.terminal_number, log))
    if now < due_at:
        expected = f"{instant_text(due_at)} or later"
        raise errors.SettlementNotDue(contest.id, expected, instant_text(now))

    return DueSettlement(
        contest=contest,
        log=log,
        configuration=configuration,
        state=state,
        official_rounds=rounds,
        due_at=due_at,
    )


def _body(tx: ContestsRead, log: ContestLog, number: int | None) -> Mapping[str, Any] | None:
    """Return the body of an event, None without a number."""
    if number is None:
        return None

    body: JsonObject | None = tx.contests.logs.event(log.id, number).body
    return body


def _end_text(terminal_number: int | None, log: ContestLog) -> str:
    """Return the end of a tournament in words, for an error."""
    if terminal_number is None:
        return "no TERMINAL event"
    return f"TERMINAL event {terminal_number} and conflict of event {log.conflict_number}"
