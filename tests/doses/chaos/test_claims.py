"""Claim tasks from many processes, one and a hundred at a time, while some processes are killed.

Half of the claims and completions are single updates, the others are in a transaction.

Each process writes a journal of its claims and of when it began to complete them. Afterwards the
journals are compared: no task was leased to two processes at once, and no fence was used twice.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from struct import Struct
from typing import Final

import pytest
from attrs import define, field, frozen
from sqlalchemy import BigInteger, cast, func, select
from tests.forks import start_child

from indelible.kernel import Actor
from indelible.kernel.task_commands import (
    ClaimTasks,
    CompleteTasks,
    claim_tasks,
    complete_tasks,
)
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import (
    Lease,
)
from indelible_sql import SqlStore, open_store
from indelible_sql.kernel.task_tables import TASKS

STAGE: Final = "claims"
BATCH: Final = 100
SINGLE_SHARE: Final = 0.3  # of the claims ask for one task
ALONE_SHARE: Final = 0.5  # of the claims and completions are single updates
LEASE_SECONDS: Final = 1  # so short that many leases expire
REASON: Final = "chaos of claims"
JOURNALS: Final = "*.journal"
STOP_FILE: Final = "stop"
POLL_SECONDS: Final = 0.1
SUM_OF_FENCES: Final = cast(func.sum(TASKS.c.fence), BigInteger)
COUNT_CLAIMS: Final = select(SUM_OF_FENCES.label("claims")).where(TASKS.c.stage == STAGE)

RECORD: Final = Struct("<cIIdd")  # event, task number, fence, start and end
CLAIMED: Final = b"C"
COMPLETING: Final = b"F"
LOST: Final = b"L"

ClaimKey = tuple[int, int]  # task number and fence


@frozen
class JournalEntry:
    """A lease as a process recorded it; times are of the monotonic clock."""

    event: bytes
    number: int
    fence: int
    started_at: float
    ended_at: float


@frozen(kw_only=True)
class Size:
    """The claims of a run, the processes that make them and are killed, and the tasks."""

    claims: int
    workers: int
    deaths: int
    pieces: int


@define
class ClaimReport:
    """The result of a run."""

    claimed: int = 0
    completed: int = 0
    lost: int = 0
    deaths: int = 0
    unrecorded: int = 0  # claims of processes that were killed before they wrote them
    max_wait_seconds: float = 0.0
    problems: list[str] = field(factory=list[str])


# In the child processes


def claim_and_complete(url: str, folder: str, number: int, seed: int) -> None:
    """Claim and complete tasks until the stop file exists; a completed task is due again."""
    store = open_store(url)
    chance = Random(seed)  # noqa: S311 - no secret
    actor = Actor.system(f"worker-{number}")
    with Path(folder, f"{number}.journal").open("ab", buffering=0) as journal:
        while not Path(folder, STOP_FILE).exists():
            limit = 1 if chance.random() < SINGLE_SHARE else BATCH
            before = time.monotonic()
            claim = _claim_alone if chance.random() < ALONE_SHARE else _claim
            leases = claim(store, actor, limit)
            journal.write(_records(CLAIMED, leases, before, time.monotonic()))
            if not leases:
                continue

            journal.write(_records(COMPLETING, leases, time.monotonic(), 0))
            complete = _complete_alone if chance.random() < ALONE_SHARE else _complete
            if not complete(store, actor, leases):
                journal.write(_records(LOST, leases, time.monotonic(), 0))
    store.dispose()


def _claim(store: SqlStore, actor: Actor, limit: int) -> tuple[Lease, ...]:
    with store.transaction(actor=actor, reason=REASON) as tx:
        until = datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)
        return tx.tasks.claim(STAGE, limit=limit, until=until)


def _claim_alone(store: SqlStore, actor: Actor, limit: int) -> tuple[Lease, ...]:
    command = ClaimTasks(stage=STAGE, limit=limit, lease_seconds=LEASE_SECONDS)
    return store.run(claim_tasks, command, actor=actor, reason=REASON)


def _complete(store: SqlStore, actor: Actor, leases: Sequence[Lease]) -> bool:
    """Complete the tasks and make them due again; return False where a lease was lost."""
    try:
        with store.transaction(actor=actor, reason=REASON) as tx:
            now = tx.clock.now()
            tx.tasks.enqueue(STAGE, {lease.entity_id: now for lease in leases})
            tx.tasks.complete(leases)
    except LeaseLost:
        return False

    return True


def _complete_alone(store: SqlStore, actor: Actor, leases: Sequence[Lease]) -> bool:
    """Make the tasks due again and then complete them; return False where a lease was lost."""
    with store.transaction(actor=actor, reason=REASON) as tx:
        now = tx.clock.now()
        tx.tasks.enqueue(STAGE, {lease.entity_id: now for lease in leases})
    try:
        store.run(complete_tasks, CompleteTasks(leases=leases), actor=actor, reason=REASON)
    except LeaseLost:
        return False

    return True


def _records(event: bytes, leases: Sequence[Lease], started_at: float, ended_at: float) -> bytes:
    records = bytearray()
    for lease in leases:
        number = int(lease.entity_id)
        records += RECORD.pack(event, number, lease.fence, started_at, ended_at)

    return bytes(records)


# In the parent process


@pytest.mark.parametrize(
    ("fixture", "size"),
    [
        ("database", Size(claims=50_000, workers=8, deaths=6, pieces=2_000)),
        ("sqlite_url", Size(claims=3_000, workers=3, deaths=2, pieces=300)),
    ],
    ids=["PostgreSQL", "SQLite"],
)
def test_claims_of_many_processes_never_overlap(
    fixture: str,
    size: Size,
    request: pytest.FixtureRequest,
    chance: Random,
    tmp_path: Path,
    add_summary_line: Callable[[str], None],
) -> None:
    database = request.getfixturevalue(fixture)
    url: str = getattr(database, "url", database)
    report = ClaimReport()
    _enqueue(url, size.pieces)
    _run_children(url, str(tmp_path), report, size, chance)
    journals = {path.stem: read_journal(path) for path in sorted(tmp_path.glob(JOURNALS))}
    compare(journals, report)
    _compare_with_database(url, report)

    add_summary_line(f"claims, {fixture}: {report}")
    assert report.problems == []
    assert report.claimed + report.unrecorded >= size.claims * 0.98
    assert report.deaths == size.deaths


def _enqueue(url: str, pieces: int) -> None:
    store = open_store(url)
    with store.transaction(actor=Actor.system("producer"), reason=REASON) as tx:
        ids = [str(number) for number in range(pieces)]
        tx.tasks.enqueue(STAGE, dict.fromkeys(ids, tx.clock.now()))
    store.dispose()


def _run_children(url: str, folder: str, report: ClaimReport, size: Size, chance: Random) -> None:
    """Run so many processes until the claims are made; kill and replace some of them."""

    def start(number: int) -> ForkServerProcess:
        return start_child(claim_and_complete, url, folder, number, chance.getrandbits(32))

    running = {number: start(number) for number in range(size.workers)}
    death_counts = sorted(chance.sample(range(size.claims // 10, size.claims), size.deaths))
    done = 0
    while done < size.claims or death_counts:  # a fast machine is done before the last death
        time.sleep(POLL_SECONDS)
        done = _count_done(folder)
        while death_counts and done >= death_counts[0]:
            death_counts.pop(0)
            killed = running.pop(chance.choice(sorted(running)))
            killed.kill()
            killed.join()
            report.deaths += 1
            replacement = size.workers + report.deaths
            running[replacement] = start(replacement)

    Path(folder, STOP_FILE).touch()
    for process in running.values():
        process.join()


def _count_done(folder: str) -> int:
    """Return about how many claims were recorded: a completed lease has two records."""
    size = sum(path.stat().st_size for path in Path(folder).glob(JOURNALS))
    return size // (2 * RECORD.size)


def read_journal(path: Path) -> list[JournalEntry]:
    """Return the entries of a journal, without the partial last one of a killed process."""
    content = path.read_bytes()
    complete = len(content) // RECORD.size * RECORD.size
    return [JournalEntry(*values) for values in RECORD.iter_unpack(content[:complete])]


def compare(journals: Mapping[str, Sequence[JournalEntry]], report: ClaimReport) -> None:
    """Compare the journals of all processes, and record each problem."""
    claims: dict[ClaimKey, JournalEntry] = {}
    completions: dict[ClaimKey, JournalEntry] = {}
    lost: set[ClaimKey] = set()
    for entries in journals.values():
        for entry in entries:
            key = (entry.number, entry.fence)
            if entry.event == CLAIMED:
                if key in claims:
                    report.problems.append(f"fence {entry.fence} of {entry.number} was used twice")
                claims[key] = entry
            elif entry.event == COMPLETING:
                completions[key] = entry
            else:
                lost.add(key)
        report.max_wait_seconds = max(report.max_wait_seconds, _max_wait(entries))

    report.claimed = len(claims)
    report.lost = len(lost)
    report.completed = len(completions) - len(lost)
    for key in lost:
        completions.pop(key, None)
    _compare_fences(claims, completions, report)


def _compare_fences(
    claims: Mapping[ClaimKey, JournalEntry],
    completions: Mapping[ClaimKey, JournalEntry],
    report: ClaimReport,
) -> None:
    fences_by_task: dict[int, list[int]] = defaultdict(list)
    for number, fence in sorted(claims):
        fences_by_task[number].append(fence)

    for number, fences in fences_by_task.items():
        report.unrecorded += fences[-1] - len(fences)
        for fence, next_fence in pairwise(fences):
            claim = claims[number, fence]
            completion = completions.get((number, fence))
            if _overlap(claim, completion, claims[number, next_fence]):
                report.problems.append(
                    f"{number} was leased twice at once, under the fences {fence} and {next_fence}"
                )


def _overlap(
    claim: JournalEntry, completion: JournalEntry | None, next_claim: JournalEntry
) -> bool:
    """Return True where a task was claimed again before it was completed and its lease expired."""
    expired_at = claim.started_at + LEASE_SECONDS
    if completion is None:
        return next_claim.ended_at < expired_at

    if next_claim.ended_at > expired_at:
        return False

    return next_claim.ended_at < completion.started_at


def _max_wait(entries: Sequence[JournalEntry]) -> float:
    """Return the longest time between two claims of a process, in seconds."""
    instants = [entry.ended_at for entry in entries if entry.event == CLAIMED]
    return max((later - earlier for earlier, later in pairwise(instants)), default=0.0)


def _compare_with_database(url: str, report: ClaimReport) -> None:
    """Compare with the fences in the database, which also count the claims of killed processes."""
    store = open_store(url)
    in_database = store.read(lambda tx: tx.session.rows(COUNT_CLAIMS, {}))[0]["claims"]
    store.dispose()

    known = report.claimed + report.unrecorded
    max_unrecorded = BATCH * report.deaths
    if not known <= in_database <= known + max_unrecorded:
        report.problems.append(f"the fences count {in_database} claims, the journals {known}")
    if report.unrecorded > max_unrecorded:
        report.problems.append(
            f"{report.unrecorded} claims are unrecorded, but only {report.deaths} processes died"
        )
