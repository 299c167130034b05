"""The contests of the situation: one in each state that attacks start from.

They are on one tournament, whose feed has four successful fetches and a failed one. `SCHEDULED` has
a rejected entry, one that waits for its payment and two active ones. `LOCKED` could start. `LIVE`
has a run that has started, and a log in which every pointer is set. `SETTLING` is live and has no
run. `SETTLED` is complete, `FAILED` is in ERROR with a failed run. `BARE` has no log, and `FOREIGN`
is on another tournament.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve
from tests.guards.contest_values import (
    CREATED,
    DAY,
    FEE_MINOR,
    FIELD_BODY,
    HOUR,
    OTHER_TOURNAMENT,
    PAYLOADS,
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

from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.entities.feeds import ProviderFeed
from indelible.contests.entities.logs import ContestLog, EventDraft
from indelible.contests.entities.records import ContestEvent
from indelible.contests.entities.runs import SettlementBasis, SettlementRun
from indelible.contests.entities.values import EntriesRevision, EventKind, LogMarks, Validity
from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import AggregateRepository, Record
from indelible.kernel.json_objects import JsonObject
from indelible_sql import SqlReading, SqlTransaction

SCHEDULED: Final = "contest-1"
LOCKED: Final = "contest-2"
LIVE: Final = "contest-3"
SETTLING: Final = "contest-4"
SETTLED: Final = "contest-5"
FAILED: Final = "contest-6"
BARE: Final = "contest-7"
FOREIGN: Final = "contest-8"

LATE: Final = CREATED + 90 * DAY  # the lock time of the contests that are not locked
SOON: Final = CREATED + DAY  # the lock time of all others
USERS: Final = ("maya", "noor")
CHANGED_PREDICTION: Final = 11  # of a second roster
CODES: Final = ("NON_INTEGER_STROKES", "UNKNOWN_PLAYER")


def add_contests(tx: SqlTransaction) -> None:
    """Store the feeds, the contests, their entries, events and runs."""
    _open_feeds(tx)
    for contest_id in (SCHEDULED, LOCKED, LIVE, SETTLING, SETTLED, FAILED):
        lock_time = LATE if contest_id == SCHEDULED else SOON
        _publish(tx, contest_id, configuration_of(lock_time=lock_time))
        _open_log(tx, contest_id)
        _append(tx, contest_id, draft_of(1, EventKind.FIELD, 1, FIELD_BODY), field_number=1)
        for number, user_id in enumerate(USERS, start=1):
            _enter(tx, contest_id, user_id, place_number=number)
            _activate(tx, f"{contest_id}-{user_id}")
    _publish(tx, BARE, configuration_of(lock_time=LATE))
    foreign = configuration_of(lock_time=LATE, provider_event_id=OTHER_TOURNAMENT)
    _publish(tx, FOREIGN, foreign)
    _open_log(tx, FOREIGN)
    cancellation = draft_of(1, EventKind.CANCELLED, None, leaderboard_body())
    _append(tx, FOREIGN, cancellation, cancelled_number=1)
    _configure(tx, FOREIGN)
    _set_roster(tx, f"{SCHEDULED}-noor")

    _enter(tx, SCHEDULED, "pending", place_number=3)
    _enter(tx, SCHEDULED, "rejected", place_number=4)
    _reject(tx, f"{SCHEDULED}-rejected")
    for contest_id in (LOCKED, LIVE, SETTLING, SETTLED, FAILED):
        _lock(tx, contest_id)
    for contest_id in (LIVE, SETTLING, SETTLED, FAILED):
        _start(tx, contest_id)
        _play(tx, contest_id)
    _reject_rewrite(tx)
    _correct(tx)
    for contest_id in (LIVE, SETTLING, SETTLED, FAILED):
        _start_run(tx, contest_id)
    _settle(tx)
    _fail(tx)
    end_run(tx, f"{SETTLING}-run")


def save(
    tx: SqlTransaction,
    repository: AggregateRepository[Any],
    head: Head[Any] | None,
    entity: Aggregate,
    action: str,
    *,
    records: Sequence[Record] = (),
    bulk: Sequence[AnyBulk] = (),
) -> None:
    """Save an aggregate with its change."""
    change = change_for(tx, head, entity, action, records=records, bulk=bulk)
    repository.save(change, entity, records, bulk)


def marks_of(log: ContestLog, **marks: Any) -> LogMarks:  # noqa: ANN401 - of any field
    """Return the marks of a log with some of them changed."""
    return evolve(log.marks, **marks)


def events_of(
    log: Head[ContestLog], draft: EventDraft, marks: LogMarks, now: datetime
) -> tuple[ContestLog, ContestEvent]:
    """Return the log after an event, and the event."""
    following = log.entity.with_event("append", draft, marks, now=now)
    return following, following.new_event(log.entity, draft)


def basis_of(contest: Contest, log: ContestLog, entries: EntriesRevision) -> SettlementBasis:
    """Return the input of a settlement."""
    return SettlementBasis(
        engine_version="golf-1",
        configuration_version=contest.configuration_version,
        configuration_digest=contest.configuration_digest,
        event_number=log.event_number,
        events_digest=log.event_hash,
        entries=entries,
    )


def end_run(tx: SqlTransaction, run_id: str) -> None:
    """End a run as failed."""
    head = tx.contests.runs.get(run_id)
    run = head.entity.failed("MISSING_SCORE", "A score is missing.", now=_after(head))
    save(tx, tx.contests.runs, head, run, "fail")


def _after(head: Head[Any]) -> datetime:
    """Return a minute after the last change."""
    updated_at: datetime = head.entity.updated_at
    return updated_at + timedelta(minutes=1)


def _open_feeds(tx: SqlTransaction) -> None:
    for content in PAYLOADS:
        tx.payloads.add(payload_of(content))
    for tournament in (TOURNAMENT, OTHER_TOURNAMENT):
        feed = ProviderFeed.opened(tournament, now=CREATED)
        save(tx, tx.contests.feeds, None, feed, "open")
    for number in range(1, len(PAYLOADS) + 2):
        head = tx.contests.feeds.get(TOURNAMENT)
        result = fetch_result(number)
        digest = payload_of(result.body or b"").digest
        feed = head.entity.fetched(result, digest, now=result.finished_at)
        fetch = feed.new_fetch(result, digest)
        save(tx, tx.contests.feeds, head, feed, "fetch", records=(fetch,))


def _publish(tx: SqlTransaction, contest_id: str, configuration: JsonObject) -> None:
    contest = Contest.published(
        contest_id,
        organizer_id="maya",
        contest_name=f"The {contest_id}",
        terms=terms_of(configuration),
        now=CREATED,
    )
    record = contest.new_configuration(configuration)
    save(tx, tx.contests.contests, None, contest, "publish", records=(record,))


def _configure(tx: SqlTransaction, contest_id: str) -> None:
    """Store a second configuration of the contest on the other tournament."""
    head = tx.contests.contests.get(contest_id)
    configuration = configuration_of(
        lock_time=LATE, provider_event_id=OTHER_TOURNAMENT, payment_grace_seconds=1
    )
    contest = head.entity.configured(terms_of(configuration), now=_after(head))
    record = contest.new_configuration(configuration)
    save(tx, tx.contests.contests, head, contest, "configure", records=(record,))


def _set_roster(tx: SqlTransaction, entry_id: str) -> None:
    head = tx.contests.entries.get(entry_id)
    entry = head.entity.with_roster(PLAYERS, CHANGED_PREDICTION, now=_after(head))
    record = entry.new_roster(PLAYERS, CHANGED_PREDICTION)
    save(tx, tx.contests.entries, head, entry, "set_roster", records=(record,))


def _open_log(tx: SqlTransaction, contest_id: str) -> None:
    log = ContestLog.opened(tx.contests.contests.get(contest_id).entity)
    save(tx, tx.contests.logs, None, log, "open")


def _append(
    tx: SqlTransaction,
    contest_id: str,
    draft: EventDraft,
    codes: Sequence[str] = (),
    **marks: object,
) -> None:
    head = tx.contests.logs.get(contest_id)
    log, event = events_of(head, draft, marks_of(head.entity, **marks), _after(head))
    faults = faults_of(log.event_number, codes)
    save(tx, tx.contests.logs, head, log, "append", records=(event,), bulk=(faults,))


def _enter(tx: SqlTransaction, contest_id: str, user_id: str, *, place_number: int) -> None:
    entry = Entry.entered(
        tx.contests.contests.get(contest_id).entity,
        entry_id=f"{contest_id}-{user_id}",
        user_id=user_id,
        entry_number=1,
        place_number=place_number,
        digest=ROSTER_DIGEST,
        now=CREATED + HOUR,
    )
    roster = entry.new_roster(PLAYERS, 12)
    save(tx, tx.contests.entries, None, entry, "enter", records=(roster,))


def _activate(tx: SqlTransaction, entry_id: str) -> None:
    head = tx.contests.entries.get(entry_id)
    now = _after(head)
    entry = head.entity.activated(
        paid_minor=FEE_MINOR,
        currency="USD",
        paid_at=now,
        payment_ref=f"payment-{entry_id}",
        now=now,
    )
    save(tx, tx.contests.entries, head, entry, "activate")


def _reject(tx: SqlTransaction, entry_id: str) -> None:
    head = tx.contests.entries.get(entry_id)
    entry = head.entity.rejected("The card was declined.", now=_after(head))
    save(tx, tx.contests.entries, head, entry, "reject")


def _lock(tx: SqlTransaction, contest_id: str) -> None:
    head = tx.contests.contests.get(contest_id)
    save(tx, tx.contests.contests, head, head.entity.locked(now=SOON), "lock")


def _start(tx: SqlTransaction, contest_id: str) -> None:
    head = tx.contests.contests.get(contest_id)
    contest = head.entity.started(now=head.entity.start_time)
    save(tx, tx.contests.contests, head, contest, "start")


def _play(tx: SqlTransaction, contest_id: str) -> None:
    """Append a leaderboard that looks final, and the end of the tournament."""
    at = CREATED + 3 * HOUR
    final = draft_of(2, EventKind.SNAPSHOT, 3, leaderboard_body())
    _append(
        tx,
        contest_id,
        final,
        leaderboard_number=2,
        leaderboard_at=at,
        leaderboard_hash=final.body_hash,
        observations=1,
        observed_at=at,
    )
    end = draft_of(3, EventKind.TERMINAL, 3, None, snapshot_number=2)
    _append(tx, contest_id, end, terminal_number=3, terminal_at=at, observations=2)


def _start_run(tx: SqlTransaction, contest_id: str) -> None:
    contest = tx.contests.contests.get(contest_id).entity
    log = tx.contests.logs.get(contest_id).entity
    run = SettlementRun.started(
        run_id=f"{contest_id}-run",
        contest_id=contest_id,
        number=1,
        basis=basis_of(contest, log, tx.contests.entries.joins.entries_revision(contest_id)),
        currency=contest.currency,
        now=contest.updated_at + HOUR,
    )
    save(tx, tx.contests.runs, None, run, "start")


def _reject_rewrite(tx: SqlTransaction) -> None:
    """Append an invalid event of LIVE, which is a rewrite and a conflict at the same time."""
    rewrite = draft_of(
        4, EventKind.SNAPSHOT, 4, leaderboard_body("p1"), validity=Validity.INVALID, fault_count=2
    )
    _append(
        tx,
        LIVE,
        rewrite,
        CODES,
        pending_rewrite="e" * 64,
        pending_rewrite_at=CREATED + 4 * HOUR,
        pending_rewrite_number=4,
        conflict_number=4,
    )


def _correct(tx: SqlTransaction) -> None:
    """Append a valid event of LIVE that supersedes the applied leaderboard, and changes nothing."""
    correction = draft_of(5, EventKind.CORRECTION, 4, leaderboard_body(), supersedes=2)
    _append(tx, LIVE, correction)


def _settle(tx: SqlTransaction) -> None:
    head = tx.contests.contests.get(SETTLED)
    run_head = tx.contests.runs.get(f"{SETTLED}-run")
    lines = lines_of(paid_entries(tx, SETTLED))
    run = run_head.entity.completed(totals_of(len(lines.rows)), now=_after(run_head))
    save(tx, tx.contests.runs, run_head, run, "complete", bulk=(lines,))
    contest = head.entity.completed("complete", run.id, now=_after(run_head))
    save(tx, tx.contests.contests, head, contest, "complete")


def paid_entries(tx: SqlReading | SqlTransaction, contest_id: str) -> list[tuple[str, str, str]]:
    """Return the id, the user and the payment of each active entry of a contest."""
    entries: list[tuple[str, str, str]] = []
    for user_id in USERS:
        entry = tx.contests.entries.get(f"{contest_id}-{user_id}").entity
        entries.append((entry.id, entry.user_id, entry.payment_ref or ""))

    return entries


def _fail(tx: SqlTransaction) -> None:
    end_run(tx, f"{FAILED}-run")
    head = tx.contests.contests.get(FAILED)
    contest = head.entity.failed(
        "complete", "MISSING_SCORE", "A score is missing.", now=_after(head)
    )
    save(tx, tx.contests.contests, head, contest, "fail")
