"""Lock the same rows in opposite order: PostgreSQL aborts one handler, and it is run again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

from attrs import define, field
from tests.chaos.open_stores import StoreUnderTest

from indelible import concepts
from indelible.testing.stores import CLEARER, MAYA, create
from indelible_sql import SqlTransaction, verify

MAX_WAIT_SECONDS = 0.5


@define
class DeadlockReport:
    """The number of deadlocks and of retries, and each problem."""

    deadlocks: int = 0
    retries: int = 0
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        problems = self.problems or "none"
        return f"{self.deadlocks} deadlocks, {self.retries} retries; problems: {problems}"


def deadlock(tested: StoreUnderTest, times: int) -> DeadlockReport:
    """Let two handlers deadlock so many times; both must succeed."""
    report, before = DeadlockReport(), tested.retries
    with tested.setting(deadlock_timeout="10ms"), ThreadPoolExecutor(2) as threads:
        for _ in range(times):
            pair = [create(tested.store).concept.id for _ in range(2)]
            barrier = Barrier(2)
            for each in [threads.submit(_both, tested, pair[::way], barrier) for way in (1, -1)]:
                each.result()
            seqs = [tested.store.read(concepts.get_concept, each).seq for each in pair]
            report.deadlocks += 1
            if seqs != [3, 3]:
                report.problems.append(f"two handlers of two edits left {seqs}")
    report.retries = tested.retries - before
    report.problems += map(str, verify(tested.store))
    if not report.retries:
        report.problems.append("no deadlock happened: no handler was run again")
    return report


def _both(tested: StoreUnderTest, ids: list[str], barrier: Barrier) -> None:
    """Edit both concepts in one transaction.

    Between the edits, wait until the other handler has locked a row.
    """

    def handler(tx: SqlTransaction, _: None) -> None:
        for concept_id in ids:
            seq = tx.connection.exec_driver_sql(LOCK_CONCEPT, {"id": concept_id}).scalar_one()
            command = concepts.EditConcept(
                concept_id=concept_id, expected_seq=seq, content=CLEARER, change_note="both at once"
            )
            concepts.edit_concept(tx, command)
            try:
                barrier.wait(MAX_WAIT_SECONDS)
            except BrokenBarrierError:
                continue  # this is the retry: the other handler is done

    tested.store.run(handler, None, actor=MAYA, reason="both at once")


LOCK_CONCEPT = "SELECT seq FROM indelible.concepts WHERE id = %(id)s FOR UPDATE"
