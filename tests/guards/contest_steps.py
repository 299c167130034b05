"""Legal next writes of the situation's contests, and those with one thing changed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen
from sqlalchemy import Executable, Insert, Table, insert
from tests.guards.contest_rows import (
    BARE,
    CODES,
    FAILED,
    LATE,
    LIVE,
    LOCKED,
    SCHEDULED,
    SETTLED,
    SETTLING,
    basis_of,
    events_of,
    marks_of,
    paid_entries,
)
from tests.guards.contest_values import (
    CREATED,
    FEE_MINOR,
    HOUR,
    PLAYERS,
    ROSTER_DIGEST,
    TOURNAMENT,
    configuration_of,
    draft_of,
    faults_of,
    fetch_result,
    leaderboard_body,
    lines_of,
    payload_of,
    terms_of,
    totals_of,
)
from tests.guards.writes import AUDIT, Row, Step, head_write, insert_change, later_than

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.logs import ContestLog
from indelible.contests.entities.records import (
    ContestConfiguration,
    ContestEvent,
    EventFault,
    Fetch,
    Roster,
    SettlementLine,
)
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.entities.values import EventKind, Validity, roster_digest
from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate, change_data, change_for
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Record
from indelible.kernel.values import field_values
from indelible_sql import SqlReading
from indelible_sql.contests.tables.contests import CONFIGURATIONS
from indelible_sql.contests.tables.entries import ROSTERS
from indelible_sql.contests.tables.feeds import FETCHES
from indelible_sql.contests.tables.logs import EVENTS, FAULTS
from indelible_sql.contests.tables.runs import LINES

TABLE_OF_RECORD: Final[Mapping[type, Table]] = {
    ContestConfiguration: CONFIGURATIONS,
    Roster: ROSTERS,
    ContestEvent: EVENTS,
    EventFault: FAULTS,
    Fetch: FETCHES,
    SettlementLine: LINES,
}
CONTEST_RECORDS: Final = tuple(TABLE_OF_RECORD.values())
OTHER_PLAYERS: Final = ("p2", "p3", "p4", "p5", "p6", "p7")


@frozen(kw_only=True)
class ContestSituation:
    """Legal next steps with the inserts of their records."""

    # New aggregates: a contest, an entry and a log, and another run of SETTLING.
    publication: Step
    entry: Step
    log: Step
    run: Step

    # Steps of contests, each named after the state of its contest.
    configured: Step
    locked: Step
    started: Step
    failed: Step
    resumed: Step
    completed: Step

    # Steps of entries of SCHEDULED: a roster, and the activation of one that waits.
    roster_set: Step
    activated: Step
    rejected: Step

    # A step of an entry of SETTLED, which the settlement has counted: it is refused.
    voided: Step

    # Steps of LIVE's log: a valid event, and an invalid one with faults.
    appended: Step
    doubted: Step
    misshapen: Step

    # A fetch of the feed, and the end of LIVE's run.
    fetched: Step
    run_completed: Step


def contest_situation(tx: SqlReading) -> ContestSituation:
    """Return the legal next steps."""
    contests = tx.contests.contests
    scheduled, live = contests.get(SCHEDULED), contests.get(LIVE)
    failing = contests.get(SETTLING)
    failed, locked = contests.get(FAILED), contests.get(LOCKED)
    now = later_than(live.entity.updated_at)
    return ContestSituation(
        publication=_publication(),
        entry=_entry(scheduled.entity),
        log=step_of(None, ContestLog.opened(contests.get(BARE).entity), "open"),
        run=_run(tx),
        configured=_configured(scheduled),
        locked=step_of(scheduled, scheduled.entity.locked(now=LATE), "lock"),
        started=step_of(locked, locked.entity.started(now=now), "start"),
        failed=step_of(
            failing,
            failing.entity.failed("complete", "MISSING_SCORE", "A score is missing.", now=now),
            "fail",
        ),
        resumed=step_of(failed, failed.entity.resumed(now=now), "resume_live"),
        completed=step_of(
            live, live.entity.completed("complete", f"{LIVE}-run", now=now), "complete"
        ),
        run_completed=_run_completed(tx),
        fetched=_fetched(tx),
        appended=_event(tx, Validity.VALID, ()),
        doubted=_event(tx, Validity.INVALID, CODES),
        misshapen=_event(tx, Validity.VALID, (), {"players": []}),
        **_entry_steps(tx),
    )


def step_of(
    head: Head[Any] | None,
    entity: Aggregate,
    action: str,
    *records: Record,
    bulk: Sequence[AnyBulk] = (),
) -> Step:
    """Return a step with the inserts of its records, one for each row."""
    change = change_for(AUDIT, head, entity, action, records=records, bulk=bulk)
    inserts = [
        insert(TABLE_OF_RECORD[type(record)]).values(field_values(record)) for record in records
    ]
    for item in bulk:
        table = TABLE_OF_RECORD[item.record_type]
        for row in item.rows:
            owner = {"entity_id": change.entity_id, "seq": change.seq}
            inserts.append(insert(table).values({**field_values(row), **owner}))

    return Step(change=change, row=dict(change_data(entity)), records=tuple(inserts))


def with_record(step: Step, table: Table, /, **columns: object) -> Sequence[Executable]:
    """Return all writes of a step, with some columns of its first record of a table changed."""
    inserts: list[Insert] = []
    is_changed = False
    for record in step.records:
        if record.table is table and not is_changed:
            inserts.append(record.values(columns))
            is_changed = True
        else:
            inserts.append(record)

    return head_write(step), *inserts, insert_change(step.change)


def contest_record_with(s: ContestSituation, table: Table, columns: Row) -> Sequence[Executable]:
    """Return a legal write of a record, but with these columns in it."""
    if table is LINES:
        return (
            *with_record(s.run_completed, LINES, **columns),
            head_write(s.completed),
            insert_change(s.completed.change),
        )

    step = {
        CONFIGURATIONS: s.configured,
        ROSTERS: s.roster_set,
        EVENTS: s.appended,
        FAULTS: s.doubted,
        FETCHES: s.fetched,
    }[table]
    return with_record(step, table, **columns)


def _publication() -> Step:
    configuration = configuration_of(lock_time=LATE)
    contest = Contest.published(
        "new",
        organizer_id="maya",
        contest_name="Another contest",
        terms=terms_of(configuration),
        now=CREATED,
    )
    return step_of(None, contest, "publish", contest.new_configuration(configuration))


def _configured(head: Head[Contest]) -> Step:
    configuration = configuration_of(lock_time=LATE, payment_grace_seconds=60)
    now = later_than(head.entity.updated_at)
    contest = head.entity.configured(terms_of(configuration), now=now)
    return step_of(head, contest, "configure", contest.new_configuration(configuration))


def _entry(contest: Contest) -> Step:
    entry = Entry.entered(
        contest,
        entry_id="new",
        user_id="new",
        entry_number=1,
        place_number=4,
        digest=ROSTER_DIGEST,
        now=later_than(CREATED),
    )
    return step_of(None, entry, "enter", entry.new_roster(PLAYERS, 12))


def _entry_steps(tx: SqlReading) -> dict[str, Step]:
    """Return the steps of entries by their names in the situation."""
    active = tx.contests.entries.get(f"{SCHEDULED}-maya")
    pending = tx.contests.entries.get(f"{SCHEDULED}-pending")
    settled = tx.contests.entries.get(f"{SETTLED}-maya")
    now = later_than(active.entity.updated_at)
    changed = active.entity.with_roster(OTHER_PLAYERS, None, now=now)
    paid = pending.entity.activated(
        paid_minor=FEE_MINOR, currency="USD", paid_at=now, payment_ref="payment", now=now
    )
    rejected = pending.entity.rejected("The card was declined.", now=now)
    assert changed.roster_digest == roster_digest(OTHER_PLAYERS, None)
    return {
        "roster_set": step_of(
            active, changed, "set_roster", changed.new_roster(OTHER_PLAYERS, None)
        ),
        "activated": step_of(pending, paid, "activate"),
        "rejected": step_of(pending, rejected, "reject"),
        "voided": step_of(
            settled, settled.entity.voided(now=later_than(settled.entity.updated_at)), "void"
        ),
    }


def _event(
    tx: SqlReading, validity: Validity, codes: Sequence[str], body: dict[str, Any] | None = None
) -> Step:
    """Return a leaderboard of LIVE's log: applied if it is valid, else with faults."""
    if body is None:
        body = leaderboard_body("p2")
    head = tx.contests.logs.get(LIVE)
    draft = draft_of(6, EventKind.SNAPSHOT, 4, body, validity=validity, fault_count=len(codes))
    marks = marks_of(head.entity)
    if validity is Validity.VALID:
        marks = marks_of(
            head.entity,
            leaderboard_number=6,
            leaderboard_at=CREATED + 4 * HOUR,
            leaderboard_hash=draft.body_hash,
            conflict_number=None,
        )
    log, event = events_of(head, draft, marks, later_than(head.entity.updated_at))
    return step_of(head, log, "append", event, bulk=(faults_of(6, codes),))


def _fetched(tx: SqlReading) -> Step:
    head = tx.contests.feeds.get(TOURNAMENT)
    result = fetch_result(1)
    digest = payload_of(result.body or b"").digest
    feed = head.entity.fetched(result, digest, now=later_than(head.entity.updated_at))
    return step_of(head, feed, "fetch", feed.new_fetch(result, digest))


def _run(tx: SqlReading) -> Step:
    contest = tx.contests.contests.get(SETTLING).entity
    log = tx.contests.logs.get(SETTLING).entity
    run = SettlementRun.started(
        run_id="new",
        contest_id=SETTLING,
        number=2,
        basis=basis_of(contest, log, tx.contests.entries.joins.entries_revision(SETTLING)),
        currency=contest.currency,
        now=later_than(contest.updated_at),
    )
    return step_of(None, run, "start")


def _run_completed(tx: SqlReading) -> Step:
    head = tx.contests.runs.get(f"{LIVE}-run")
    lines = lines_of(paid_entries(tx, LIVE))
    run = head.entity.completed(totals_of(len(lines.rows)), now=later_than(head.entity.updated_at))
    return step_of(head, run, "complete", bulk=(lines,))


def contest_of_column(column: str) -> str:
    """Return the id of a stored contest with a value in the column."""
    if column.startswith(("error_", "attempted_")):
        return FAILED
    if column.startswith(("settle_", "settlement_")):
        return SETTLED
    return SCHEDULED


def entry_of_column(column: str) -> str:
    """Return the id of a stored entry with a value in the column."""
    name = "rejected" if column == "rejection_reason" else "maya"
    return f"{SCHEDULED}-{name}"


def run_of_column(column: str) -> str:
    """Return the id of a stored run with a value in the column."""
    if column.startswith("error_"):
        return f"{FAILED}-run"
    return f"{SETTLED}-run"


def event_of_column(column: str) -> tuple[str, str]:
    """Return the condition of a stored event with a value in the column, and its contest's id."""
    numbers = {"snapshot_number": 3, "supersedes": 5}
    number = numbers.get(column, 2)
    return f"contest_id = '{LIVE}' AND number = {number}", LIVE


def fetch_of_column(column: str) -> tuple[str, str]:
    """Return the condition of a stored fetch with a value in the column, and its feed's id."""
    number = 5 if column == "error" else 2
    return f"provider_event_id = '{TOURNAMENT}' AND number = {number}", TOURNAMENT
