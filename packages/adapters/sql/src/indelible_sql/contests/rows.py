"""Conversion between the values of contests and their rows."""

from typing import Any, TypeVar

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import (
    ContestConfiguration,
    ContestEvent,
    EventFault,
    Fetch,
    ReplayedEvent,
    Roster,
    SettlementLine,
)
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.entities.values import Validity, roster_digest
from indelible.contests.errors import (
    ContestNotFound,
    EntryNotFound,
    FeedNotFound,
    LogNotFound,
    RunNotFound,
)
from indelible.contests.rules.bodies import body_fault
from indelible.kernel import to_json_value
from indelible.kernel.history import Record
from indelible.kernel.json_numbers import parse_trusted_json
from indelible.kernel.values import field_values
from indelible_sql.contests.tables.contests import CONFIGURATIONS, CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES, ROSTERS
from indelible_sql.contests.tables.feeds import FEEDS, FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS, LOGS
from indelible_sql.contests.tables.runs import LINES, RUNS
from indelible_sql.engine.errors import UNREADABLE, RowUnreadable
from indelible_sql.engine.session import Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.mappings import HeadMapping, RecordMapping
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.tables import RecordDigest

R = TypeVar("R", bound=Record)

JSON_FIELDS = ("configuration", "player_ids", "body")


def record_row(record: Record) -> dict[str, Any]:
    """Return the columns of a record: its fields, with nested values as JSON."""
    row = field_values(record)
    for name in JSON_FIELDS:
        if row.get(name) is not None:
            row[name] = to_json_value(row[name])

    return row


def replayed_event_of_row(row: Row) -> ReplayedEvent:
    """Return the event that a row stores, as a replay reads it; the row has the text of its body.

    The domain of the column has limited the text.
    """
    body = row["body"]
    if body is not None:
        try:
            body = parse_trusted_json(body)
        except UNREADABLE as error:
            raise RowUnreadable.because_of(error) from error

    return ROWS.structure({**row, "body": body}, ReplayedEvent)


def _checked(record: R, row: Row) -> R:
    """Return a row's record, or raise ValueError where the library would write it otherwise."""
    for name, value in record_row(record).items():
        if value != row[name]:
            raise ValueError(f"the stored {name} is not in canonical form")

    return record


def _previous_number(row: Row) -> dict[str, Any]:
    return {"previous_number": row["number"] - 1 or None}


def _previous_version(row: Row) -> dict[str, Any]:
    return {"previous_version": row["version"] - 1 or None}


def _configuration_digest(row: Row, scheme: int) -> str:
    record = _checked(ROWS.structure(row, ContestConfiguration), row)
    if record.configuration_digest != record.configuration.digest:
        raise ValueError("configuration_digest is not the digest of the configuration")

    return record.digest(scheme)


def _roster_digest(row: Row, scheme: int) -> str:
    record = _checked(ROWS.structure(row, Roster), row)
    if record.roster_digest != roster_digest(record.player_ids, record.prediction):
        raise ValueError("roster_digest is not the digest of players and prediction")

    return record.digest(scheme)


def _event_digest(row: Row, scheme: int) -> str:
    record = _checked(ROWS.structure(row, ContestEvent), row)
    if record.event_hash != record.chain_hash():
        raise ValueError("event_hash is not the hash of the event")
    fault = body_fault(record.kind, is_valid=record.validity is Validity.VALID, body=record.body)
    if fault:
        raise ValueError(f"body {fault}: not of an event of kind {record.kind}")

    return record.digest(scheme)


def _fetch_digest(row: Row, scheme: int) -> str:
    return _checked(ROWS.structure(row, Fetch), row).digest(scheme)


FAULT_ROWS = BulkTable(table=FAULTS, record=EventFault, head=LOGS, entity=ContestLog)
LINE_ROWS = BulkTable(table=LINES, record=SettlementLine, head=RUNS, entity=SettlementRun)

CONTEST_HEADS = HeadMapping(
    table=CONTESTS,
    entity=Contest,
    missing=ContestNotFound,
    records=(RecordMapping(table=CONFIGURATIONS, record=ContestConfiguration, to_row=record_row),),
)
ENTRY_HEADS = HeadMapping(
    table=ENTRIES,
    entity=Entry,
    missing=EntryNotFound,
    records=(RecordMapping(table=ROSTERS, record=Roster, to_row=record_row),),
)
LOG_HEADS = HeadMapping(
    table=LOGS,
    entity=ContestLog,
    missing=LogNotFound,
    records=(RecordMapping(table=EVENTS, record=ContestEvent, to_row=record_row),),
    bulk=(FAULT_ROWS,),
)
FEED_HEADS = HeadMapping(
    table=FEEDS,
    entity=ProviderFeed,
    missing=FeedNotFound,
    records=(RecordMapping(table=FETCHES, record=Fetch, to_row=record_row),),
)
RUN_HEADS = HeadMapping(table=RUNS, entity=SettlementRun, missing=RunNotFound, bulk=(LINE_ROWS,))

CONTEST_RECORDED = (
    RecordDigest(
        table=CONFIGURATIONS,
        change_field=ContestConfiguration.record_name,
        digest=_configuration_digest,
        derived=_previous_version,
    ),
)
ENTRY_RECORDED = (
    RecordDigest(
        table=ROSTERS,
        change_field=Roster.record_name,
        digest=_roster_digest,
        derived=_previous_number,
    ),
)
LOG_RECORDED = (
    RecordDigest(
        table=EVENTS,
        change_field=ContestEvent.record_name,
        digest=_event_digest,
        derived=_previous_number,
    ),
)
FEED_RECORDED = (
    RecordDigest(
        table=FETCHES,
        change_field=Fetch.record_name,
        digest=_fetch_digest,
        derived=_previous_number,
    ),
)
