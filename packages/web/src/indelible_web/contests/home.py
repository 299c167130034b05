"""The contests' part of the console's home page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.contests import Contest, ContestFilter, ContestStatus
from indelible.contests.rules.alerts import AlertCode
from indelible.contests.rules.tasks import FOLLOW_AFTER_SETTLEMENT
from indelible.kernel.lists import NamedListOrder
from indelible_web.console.home_parts import (
    AttentionItem,
    HomePart,
    Level,
    Section,
    Total,
    count_text,
    plural,
)
from indelible_web.contests.overview import PLAYED, ContestRow, contest_row
from indelible_web.http.request import OPS, current_request

MAX_INSPECTED: Final = 20  # Of the contests in each state that may need attention.
INSPECTED: Final = (ContestStatus.ERROR, *sorted(PLAYED), ContestStatus.SCHEDULED)
MAX_COUNTED: Final = 10_000
# The alerts of Prometheus about the same failures, by overdue transition and by code.
ALERT_OF_STEP: Final[Mapping[str, str]] = {
    "lock": "ContestNotLocked",
    "start": "ContestNotStarted",
    "settle": "SettlementFailed",
}
ALERT_OF_CODE: Final[Mapping[AlertCode, str]] = {
    AlertCode.LOCKED_PAST_START: "ContestNotStarted",
    AlertCode.LIVE_PAST_END: "ContestLivePastEnd",
    AlertCode.TERMINAL_SIGNAL_INCONSISTENT: "TerminalSignalInconsistent",
    AlertCode.INGESTION_LAG: "IngestionLag",
    AlertCode.TIMESTAMP_CONFLICT: "TimestampConflict",
    AlertCode.SCORE_REWRITTEN: "ScoreRewritten",
    AlertCode.CUT_DIFFERS: "",  # the provider decides
    AlertCode.AFTER_TERMINAL_LOCK: "CorrectionAfterSettlement",
    AlertCode.TOURNAMENT_CANCELLED: "ContestCanceled",
}


def contests_part(tx: ReadTx, now: datetime) -> HomePart:
    """Return the number of live contests, and for operators what waits for them."""
    counts = tx.contests.contests.count_by_status()
    live = counts.get(ContestStatus.LIVE, 0)
    total = Total(
        label=f"Live {plural(live, 'contest')}",
        text=count_text(live, MAX_COUNTED),
        url=url_for("console.list_contests", status=ContestStatus.LIVE),
    )
    caller = current_request().caller
    items: list[AttentionItem] = []
    if caller is not None and caller.has_scope(OPS):
        for row in _inspected_rows(tx, now):
            items += _items_of(row)

    return HomePart(items=tuple(items), totals=(total,))


def _inspected_rows(tx: ReadTx, now: datetime) -> tuple[ContestRow, ...]:
    """Return the contests that may need attention, also the ones that were settled lately."""
    settled_lately = ContestFilter(
        status=ContestStatus.COMPLETE,
        since=now - FOLLOW_AFTER_SETTLEMENT,
        order=NamedListOrder.CHANGED,
    )
    filters = [ContestFilter(status=status) for status in INSPECTED]
    filters.append(settled_lately)
    rows: list[ContestRow] = []
    for matching in filters:
        heads = tx.contests.contests.list_page(matching, after="", limit=MAX_INSPECTED)
        rows += [contest_row(tx, head.entity, now) for head in heads]

    return tuple(rows)


def _items_of(row: ContestRow) -> tuple[AttentionItem, ...]:
    contest = row.contest
    name = contest.contest_name
    items: list[AttentionItem] = []
    if contest.is_in_error:
        text = f"{name} is in ERROR and waits for you."
        detail = contest.error_message or ""
        items.append(_item(contest, text, Level.BAD, "ContestInError", detail))
    elif row.next_step is not None and row.next_step.is_overdue:
        action = row.next_step.action
        text = f"{name} is overdue to {action}."
        items.append(_item(contest, text, Level.BAD, ALERT_OF_STEP[action]))
    for alert in row.alerts:
        level = Level.BAD if alert.is_critical else Level.WARN
        text = f"{name}: {alert.message}"
        items.append(_item(contest, text, level, ALERT_OF_CODE[alert.code]))

    return tuple(items)


def _item(contest: Contest, text: str, level: Level, alert: str, detail: str = "") -> AttentionItem:
    return AttentionItem(
        text=text,
        detail=detail,
        url=url_for("console.contest", contest_id=contest.id),
        level=level,
        alert=alert,
        section=Section.CONTESTS,
    )
