"""The reads of the console's page of a contest."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from attrs import frozen

from indelible.app import ReadTx
from indelible.contests import (
    CONTEST,
    Contest,
    ContestConfiguration,
    ContestEvent,
    ContestLog,
    EventFault,
    Fetch,
    Field,
    ReasonCode,
    SettlementRun,
    log_state,
)
from indelible.contests.rules.alerts import Alert
from indelible.contests.rules.terminal import settlement_due
from indelible.kernel import Change, Head, canonical_json
from indelible_web.contests.details import configuration_of, contest_actions, own_entries_of
from indelible_web.contests.listing import get_visible
from indelible_web.contests.overview import (
    NextStep,
    contest_alerts,
    last_success,
    next_step,
)
from indelible_web.contests.payouts import payout_table
from indelible_web.contests.schemas import ContestActions, LeaderboardRow, PayoutRange
from indelible_web.contests.standings import read_rows
from indelible_web.contests.viewers import Viewer

MAX_CHANGES: Final = 200  # A contest has about ten.
MAX_CONFIGURATIONS: Final = 50
MAX_ROWS: Final = 50  # Of the standings.
MAX_EVENTS: Final = 12  # Events have large bodies; the API lists all.
MAX_FAULTS: Final = 10  # Of an event.
MAX_FETCHES: Final = 10
MAX_RUNS: Final = 20


@frozen(kw_only=True)
class TimelineItem:
    """A change of a contest with the meaning of its reason code and its evidence."""

    change: Change
    reason_code: str
    meaning: str
    evidence: tuple[tuple[str, str], ...]


@frozen(kw_only=True)
class ConfigurationItem:
    """A version of a configuration, and its JSON as text with a key on each line."""

    record: ContestConfiguration
    text: str


@frozen(kw_only=True)
class EventItem:
    """An event with its first faults."""

    event: ContestEvent
    faults: tuple[EventFault, ...]


@frozen(kw_only=True)
class Ingestion:
    """The data that a contest has from its provider: events, faults and fetches, newest first."""

    events: tuple[EventItem, ...]
    fetches: tuple[Fetch, ...]
    observed_at: datetime | None


@frozen(kw_only=True)
class ContestPage:
    """Everything that the page of a contest shows to a viewer, read from one view."""

    contest: Contest
    seq: int
    log: ContestLog
    entry_count: int
    actions: ContestActions
    next_step: NextStep | None
    alerts: tuple[Alert, ...]
    payouts: tuple[PayoutRange, ...]
    rows: tuple[LeaderboardRow, ...]
    row_count: int
    timeline: tuple[TimelineItem, ...]
    configurations: tuple[ConfigurationItem, ...]
    field: Field | None
    ingestion: Ingestion | None
    runs: tuple[SettlementRun, ...]
    revision: str


def read_contest_page(tx: ReadTx, viewer: Viewer, contest_id: str) -> ContestPage:
    """Return the page of a contest; only operators see its events, its fetches and its runs.

    Raises:
        ContestNotFound: There is no contest that the viewer may see.
    """
    head = get_visible(tx, viewer, contest_id)
    contest = head.entity
    configuration = configuration_of(tx, contest)
    log_head = tx.contests.logs.get(contest.id)
    log = log_head.entity
    state = log_state(tx, contest.id)
    observed_at = last_success(tx, contest)
    due_at = settlement_due(state, configuration, log.marks)
    rows, row_count = read_rows(tx, contest, configuration, after=0, limit=MAX_ROWS)

    return ContestPage(
        contest=contest,
        seq=head.revision.seq,
        log=log,
        entry_count=tx.contests.entries.joins.count_occupied(contest.id),
        actions=contest_actions(tx, viewer, contest, own_entries_of(tx, viewer, contest.id)),
        next_step=next_step(contest, due_at, viewer.now),
        alerts=contest_alerts(tx, contest, log, state, configuration, observed_at, viewer.now),
        payouts=payout_table(tx, contest, configuration),
        rows=rows,
        row_count=row_count,
        timeline=read_timeline(tx, contest.id),
        configurations=read_configurations(tx, contest),
        field=state.field,
        ingestion=read_ingestion(tx, log) if viewer.is_operator else None,
        runs=_read_runs(tx, contest.id) if viewer.is_operator else (),
        revision=revision_of(tx, head, log_head.revision.seq),
    )


def revision_of(tx: ReadTx, head: Head[Contest], log_seq: int) -> str:
    """Return a text that differs after each change that the page of a contest shows."""
    contest = head.entity
    entries = tx.contests.entries.joins.entries_revision(contest.id)
    feed = tx.contests.feeds.get(contest.provider_event_id)
    runs = tx.contests.runs.of_contest(contest.id, limit=1)
    run_seq = runs[0].revision.seq + runs[0].entity.number if runs else 0
    numbers = (head.revision.seq, log_seq, entries.seq_sum, feed.revision.seq, run_seq)

    return "-".join(str(number) for number in numbers)


def read_revision(tx: ReadTx, viewer: Viewer, contest_id: str) -> str:
    """Return the revision of a contest's page.

    Raises:
        ContestNotFound: There is no contest that the viewer may see.
    """
    head = get_visible(tx, viewer, contest_id)
    return revision_of(tx, head, tx.contests.logs.get(contest_id).revision.seq)


def read_timeline(tx: ReadTx, contest_id: str) -> tuple[TimelineItem, ...]:
    """Return the changes of a contest, newest first."""
    items: list[TimelineItem] = []
    for change in tx.history.of(CONTEST.name, contest_id, limit=MAX_CHANGES):
        items.append(timeline_item(change))

    return tuple(reversed(items))


def timeline_item(change: Change) -> TimelineItem:
    """Return a change with the meaning of its reason and with its evidence as texts."""
    code = str(change.data.get("reason_code", ""))
    meaning = ReasonCode(code).meaning if code in ReasonCode.__members__ else ""
    return TimelineItem(
        change=change,
        reason_code=code,
        meaning=meaning,
        evidence=evidence_texts(change.data.get("evidence")),
    )


def evidence_texts(evidence: object) -> tuple[tuple[str, str], ...]:
    """Return the names and values of evidence as texts."""
    if not isinstance(evidence, Mapping):
        return ()

    texts: list[tuple[str, str]] = []
    for name, value in cast("Mapping[str, Any]", evidence).items():
        text = value if isinstance(value, str) else canonical_json(value)
        texts.append((name.replace("_", " "), text))

    return tuple(texts)


def read_configurations(tx: ReadTx, contest: Contest) -> tuple[ConfigurationItem, ...]:
    """Return the versions of a contest's configuration, newest first."""
    after = max(0, contest.configuration_version - MAX_CONFIGURATIONS)
    versions = tx.contests.contests.configurations(
        contest.id, after=after, limit=MAX_CONFIGURATIONS
    )
    items: list[ConfigurationItem] = []
    for record in reversed(versions):
        # A configuration has whole numbers only, which every encoder writes exactly.
        text = json.dumps(record.configuration.json_value(), indent=2, ensure_ascii=False)
        items.append(ConfigurationItem(record=record, text=text))

    return tuple(items)


def read_ingestion(tx: ReadTx, log: ContestLog) -> Ingestion:
    """Return the newest events of a log with their faults, and the newest fetches."""
    after = max(0, log.event_number - MAX_EVENTS)
    events = tx.contests.logs.events(log.id, after=after, limit=MAX_EVENTS)
    feed = tx.contests.feeds.get(log.provider_event_id).entity
    fetches = tx.contests.feeds.fetches(
        feed.id, after=max(0, feed.fetch_number - MAX_FETCHES), limit=MAX_FETCHES
    )

    return Ingestion(
        events=_event_items(tx, log.id, events),
        fetches=fetches[::-1],
        observed_at=feed.last_success_at,
    )


def _event_items(
    tx: ReadTx, contest_id: str, events: Sequence[ContestEvent]
) -> tuple[EventItem, ...]:
    items: list[EventItem] = []
    for event in reversed(events):
        faults: tuple[EventFault, ...] = ()
        if event.fault_count:
            faults = tx.contests.logs.joins.faults(
                contest_id, event.number, after=0, limit=MAX_FAULTS
            )
        items.append(EventItem(event=event, faults=faults))

    return tuple(items)


def _read_runs(tx: ReadTx, contest_id: str) -> tuple[SettlementRun, ...]:
    heads = tx.contests.runs.of_contest(contest_id, limit=MAX_RUNS)
    return tuple(head.entity for head in heads)
