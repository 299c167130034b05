"""Conversion between the values of contests and their rows."""

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
from indelible.contests.repositories.finders import Contests, Entries, Feeds, Logs, Runs
from indelible.contests.rules.bodies import body_fault
from indelible.kernel.json_numbers import parse_trusted_json
from indelible_sql.contests.tables.contests import CONFIGURATIONS, CONTESTS
from indelible_sql.contests.tables.entries import ENTRIES, ROSTERS
from indelible_sql.contests.tables.feeds import FEEDS, FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS, LOGS
from indelible_sql.contests.tables.runs import LINES, RUNS
from indelible_sql.engine.errors import UNREADABLE, RowUnreadable
from indelible_sql.engine.session import Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.mappings import HeadMapping, RecordMapping


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


def _check_configuration(record: ContestConfiguration) -> None:
    if record.configuration_digest != record.configuration.digest:
        raise ValueError("configuration_digest is not the digest of the configuration")


def _check_roster(record: Roster) -> None:
    if record.roster_digest != roster_digest(record.player_ids, record.prediction):
        raise ValueError("roster_digest is not the digest of players and prediction")


def _check_event(record: ContestEvent) -> None:
    if record.event_hash != record.chain_hash():
        raise ValueError("event_hash is not the hash of the event")
    fault = body_fault(record.kind, is_valid=record.validity is Validity.VALID, body=record.body)
    if fault:
        raise ValueError(f"body {fault}: not of an event of kind {record.kind}")


CONTEST_HEADS = HeadMapping(
    table=CONTESTS,
    entity=Contest,
    finders=Contests,
    records=(
        RecordMapping(
            table=CONFIGURATIONS, record=ContestConfiguration, check=_check_configuration
        ),
    ),
)
ENTRY_HEADS = HeadMapping(
    table=ENTRIES,
    entity=Entry,
    finders=Entries,
    records=(RecordMapping(table=ROSTERS, record=Roster, check=_check_roster),),
)
LOG_HEADS = HeadMapping(
    table=LOGS,
    entity=ContestLog,
    finders=Logs,
    records=(RecordMapping(table=EVENTS, record=ContestEvent, check=_check_event),),
    bulk={EventFault: FAULTS},
)
FEED_HEADS = HeadMapping(
    table=FEEDS,
    entity=ProviderFeed,
    finders=Feeds,
    records=(RecordMapping(table=FETCHES, record=Fetch),),
)
RUN_HEADS = HeadMapping(
    table=RUNS, entity=SettlementRun, finders=Runs, bulk={SettlementLine: LINES}
)
