"""Lock the same rows in opposite order: PostgreSQL aborts one handler, and it is run again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

from attrs import define, field
from tests.doses.chaos.open_stores import StoreUnderTest

from indelible import concepts
from indelible.testing.stores import CLEARER, MAYA, create
from indelible_sql import SqlTransaction, verify

MAX_WAIT_SECONDS = 0.5
LOCK_CONCEPT = "SELECT seq FROM indelible.concepts WHERE id = %(id)s FOR UPDATE"


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
    report = DeadlockReport()
    retries_before = tested.retries
    with tested.setting(deadlock_timeout="10ms"), ThreadPoolExecutor(2) as threads:
        for _ in range(times):
            _deadlock_once(tested, threads, report)

    report.retries = tested.retries - retries_before
    report.problems.extend(str(finding) for finding in verify(tested.store))
    if not report.retries:
        report.problems.append("no deadlock happened: no handler was run again")
    return report


def _deadlock_once(
    tested: StoreUnderTest, threads: ThreadPoolExecutor, report: DeadlockReport
) -> None:
    first_id = create(tested.store).concept.id
    second_id = create(tested.store).concept.id
    barrier = Barrier(2)

    handlers = [
        threads.submit(_edit_both, tested, (first_id, second_id), barrier),
        threads.submit(_edit_both, tested, (second_id, first_id), barrier),
    ]
    for handler in handlers:
        handler.result()

    report.deadlocks += 1
    first_seq = tested.store.read(concepts.get_concept, first_id).seq
    second_seq = tested.store.read(concepts.get_concept, second_id).seq
    if (first_seq, second_seq) != (3, 3):
        report.problems.append(
            f"two edits of two concepts left the seqs {first_seq} and {second_seq}, not 3 and 3"
        )


def _edit_both(tested: StoreUnderTest, concept_ids: tuple[str, str], barrier: Barrier) -> None:
    """Edit both concepts in one transaction.

    Between the edits, wait until the other handler has locked a row.
    """

    def handler(tx: SqlTransaction, _: None) -> None:
        for concept_id in concept_ids:
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
