"""Two handlers that take the same rows in opposite order: PostgreSQL ends one of them, and it is run again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

from attrs import define, field
from tests.chaos.places import Place

from indelible import concepts
from indelible.testing.stores import CLEARER, MAYA, create
from indelible_sql import SqlTransaction, verify

LONGEST_WAIT_SECONDS = 0.5


@define
class Locked:
    """How often two handlers met, how often one of them was run again, and what was not right."""

    meetings: int = 0
    races: int = 0
    wrong: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        return f"{self.meetings} meetings, {self.races} run again; wrong: {self.wrong or 'nothing'}"


def deadlock(place: Place, times: int) -> Locked:
    """Let two handlers wait for each other so many times; both come to their end, one after the other."""
    locked, before = Locked(), place.races
    with place.setting(deadlock_timeout="10ms"), ThreadPoolExecutor(2) as threads:
        for _ in range(times):
            pair = [create(place.store).concept.id for _ in range(2)]
            met = Barrier(2)
            for each in [threads.submit(_both, place, pair[::way], met) for way in (1, -1)]:
                each.result()
            seqs = [place.store.read(concepts.get_concept, each).seq for each in pair]
            locked.meetings += 1
            if seqs != [3, 3]:
                locked.wrong.append(f"two handlers of two edits left {seqs}")
    locked.races = place.races - before
    locked.wrong += map(str, verify(place.store))
    if not locked.races:
        locked.wrong.append("the fault was not seen: no handler was run again")
    return locked


def _both(place: Place, ids: list[str], met: Barrier) -> None:
    """Edit both concepts in one transaction, and wait between them until the other has its first one."""

    def handler(tx: SqlTransaction, _: None) -> None:
        for concept_id in ids:
            seq = tx.connection.exec_driver_sql(LOCK, {"id": concept_id}).scalar_one()
            command = concepts.EditConcept(
                concept_id=concept_id, expected_seq=seq, content=CLEARER, change_note="both at once"
            )
            concepts.edit_concept(tx, command)
            try:
                met.wait(LONGEST_WAIT_SECONDS)
            except BrokenBarrierError:
                continue  # run again: the other has come to its end

    place.store.run(handler, None, actor=MAYA, reason="both at once")


LOCK = "SELECT seq FROM indelible.concepts WHERE id = %(id)s FOR UPDATE"
