"""The state of contests for operators: the next transition, the lag, the alerts."""

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from indelible.app import ReadTx
from indelible.contests import (
    Configuration,
    Contest,
    ContestLog,
    ContestStatus,
    settled_number,
)
from indelible.contests.rules.alerts import Alert, AlertInput, alerts
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.marks import state_without_bodies
from indelible.contests.rules.terminal import settlement_due
from indelible_web.contests.details import configuration_of

OVERDUE_AFTER: Final = timedelta(seconds=60)  # The reconciler runs every 30 seconds.
PLAYED: Final = frozenset({ContestStatus.LOCKED, ContestStatus.LIVE})
WITH_ALERTS: Final = PLAYED | {ContestStatus.ERROR, ContestStatus.COMPLETE}


@frozen(kw_only=True)
class NextStep:
    """The next transition of a contest: its time if it is known, or what it waits for."""

    action: str
    at: datetime | None
    is_overdue: bool = False
    waits_for: str = ""


@frozen(kw_only=True)
class ContestRow:
    """A contest in the console's list, with what an operator looks at first."""

    contest: Contest
    log: ContestLog
    next_step: NextStep | None
    alerts: tuple[Alert, ...]
    lag: timedelta | None
    entry_count: int


def contest_row(tx: ReadTx, contest: Contest, now: datetime) -> ContestRow:
    """Return a contest with what is known of it without its leaderboard."""
    log = tx.contests.logs.get(contest.id).entity
    observed_at = last_success(tx, contest)
    row_alerts: tuple[Alert, ...] = ()
    due_at = None
    if contest.status in WITH_ALERTS:
        configuration = configuration_of(tx, contest)
        state = state_without_bodies(log)
        due_at = settlement_due(state, configuration, log.marks)
        row_alerts = contest_alerts(tx, contest, log, state, configuration, observed_at, now)

    return ContestRow(
        contest=contest,
        log=log,
        next_step=next_step(contest, due_at, now),
        alerts=row_alerts,
        lag=None if observed_at is None else max(timedelta(), now - observed_at),
        entry_count=tx.contests.entries.joins.count_occupied(contest.id),
    )


def last_success(tx: ReadTx, contest: Contest) -> datetime | None:
    """Return the time of the newest successful fetch of a contest's tournament."""
    return tx.contests.feeds.get(contest.provider_event_id).entity.last_success_at


def contest_alerts(
    tx: ReadTx,
    contest: Contest,
    log: ContestLog,
    state: LogState,
    configuration: Configuration,
    observed_at: datetime | None,
    now: datetime,
) -> tuple[Alert, ...]:
    """Return the alerts about a contest."""
    alert_input = AlertInput(
        status=contest.status,
        start_time=contest.start_time,
        end_time=contest.end_time,
        configuration=configuration,
        state=state,
        marks=log.marks,
        settled_number=settled_number(tx, contest),
        observed_at=observed_at,
    )
    return alerts(alert_input, now=now)


def next_step(contest: Contest, due_at: datetime | None, now: datetime) -> NextStep | None:
    """Return the next transition of a contest; `due_at` is that of its settlement."""
    match contest.status:
        case ContestStatus.SCHEDULED:
            return _timed("lock", contest.lock_time, now)
        case ContestStatus.LOCKED:
            return _timed("start", contest.start_time, now)
        case ContestStatus.LIVE if due_at is not None:
            return _timed("settle", due_at, now)
        case ContestStatus.LIVE:
            waits_for = "the end of the tournament, which the provider reports"
            return NextStep(action="settle", at=None, waits_for=waits_for)
        case ContestStatus.ERROR:
            return NextStep(action="resolve", at=None, waits_for="an operator")
        case _:
            return None


def _timed(action: str, at: datetime, now: datetime) -> NextStep:
    return NextStep(action=action, at=at, is_overdue=now - at > OVERDUE_AFTER)
