"""Check whether what has failed passes now, so that a contest in ERROR may resume."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from indelible.contests import errors
from indelible.contests.entities.contests import Contest
from indelible.contests.repositories.reads import configuration_of, folded_state
from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.settlement import SettlementInput, settle
from indelible.contests.rules.terminal import is_shortened_too_much, official_rounds
from indelible.kernel import IndelibleError, instant_text
from indelible.kernel.errors import UsageError

Check = Callable[[ContestsRead, Contest, Configuration, datetime], str]


def require_passing(tx: ContestsRead, contest: Contest, now: datetime) -> str:
    """Return in words which check of the attempted action passes now.

    Raises:
        ResumeNotPossible: The check fails.
        InvalidTransition: The contest is not in ERROR.
    """
    contest.resume_action()
    action = contest.attempted_action or ""
    try:
        configuration = configuration_of(tx, contest)
        if configuration.digest != contest.configuration_digest:
            raise UsageError("the digest of the configuration differs from that of the contest")
        return CHECKS[action](tx, contest, configuration, now)
    except IndelibleError as error:
        raise errors.ResumeNotPossible(contest.id, action, str(error)) from error


def _check_lock(
    _: ContestsRead, contest: Contest, configuration: Configuration, __: datetime
) -> str:
    """Check that the configuration of the lock can be read."""
    digest = configuration.digest
    return f"configuration {contest.configuration_version} with digest {digest} is valid"


def _check_start(tx: ContestsRead, contest: Contest, _: Configuration, now: datetime) -> str:
    """Check that the start time has come and that the log has a valid event."""
    number = tx.contests.logs.get(contest.id).entity.known_event
    if number is None:
        raise UsageError("the log has no valid event")
    if now < contest.start_time:
        raise UsageError(f"the start time {instant_text(contest.start_time)} has not come")

    return f"event {number} is valid and the start time has come"


def _check_complete(
    tx: ContestsRead, contest: Contest, configuration: Configuration, _: datetime
) -> str:
    """Check that the players can be scored; a tournament that goes on is not settled yet."""
    log = tx.contests.logs.get(contest.id).entity
    state = folded_state(tx, log)
    if state.leaderboard is None or state.field is None:
        raise UsageError("the log has no leaderboard or no field")
    if state.terminal_number is None:
        return f"the tournament has not ended at event {log.event_number}"
    if is_shortened_too_much(state, configuration):
        return "the tournament has too few official rounds, so that the contest is canceled"

    rounds = official_rounds(state.leaderboard, configuration)
    settle(
        SettlementInput(
            contest_id=contest.id,
            configuration=configuration,
            configuration_digest=configuration.digest,
            event_number=log.event_number,
            events_digest=log.event_hash,
            leaderboard=state.leaderboard,
            field=state.field,
            official_rounds=rounds or 0,
            entries=(),
        )
    )
    return f"all players can be scored at event {log.event_number}"


CHECKS: Final[Mapping[str, Check]] = {
    "lock": _check_lock,
    "start": _check_start,
    "complete": _check_complete,
}
