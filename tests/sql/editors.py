"""Processes that edit one concept at the same time, each until its own edits are accepted."""

from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

from attrs import evolve, frozen

from indelible import concepts
from indelible.kernel import Actor, Stale
from indelible.testing.stores import RATIO, create
from indelible_sql import open_store, verify
from indelible_sql.maintenance.findings import Finding

PROCESSES = 8
LONGEST_WAIT_SECONDS = 120
_START: list[Barrier] = []


@frozen
class Raced:
    """The result of a race: all version numbers, the number of stale edits, and the findings."""

    numbers: list[int]
    seq: int
    stale: int
    findings: tuple[Finding, ...]


@contextmanager
def editors() -> Generator[ProcessPoolExecutor]:
    """Yield a pool of eight processes that share only imported modules and start together."""
    context: Any = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    start = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, context, _remember, (start,)) as pool:
        yield pool


def race(pool: ProcessPoolExecutor, url: str, edits: int) -> Raced:
    """Let every process have so many edits of one new concept accepted."""
    store = open_store(url)
    try:
        concept_id = create(store).concept.id
        late = [
            pool.submit(edit_until, url, concept_id, edits, number) for number in range(PROCESSES)
        ]
        stale = sum(each.result() for each in late)
        numbers = [
            each.version_number
            for each in store.read(lambda tx: tx.concepts.repository.list_versions(concept_id))
        ]
        return Raced(
            numbers, store.read(concepts.get_concept, concept_id).seq, stale, verify(store)
        )
    finally:
        store.dispose()


def edit_until(url: str, concept_id: str, edits: int, number: int) -> int:
    """How often this process was told Stale before so many of its edits were accepted."""
    store, actor, stale = open_store(url), Actor.user(f"editor-{number}"), 0
    _START[0].wait(LONGEST_WAIT_SECONDS)
    for done in range(edits):
        content = evolve(RATIO, explanation=f"edit {done} of editor {number}")
        while True:
            seq = store.read(concepts.get_concept, concept_id).seq
            command = concepts.EditConcept(
                concept_id=concept_id, expected_seq=seq, content=content, change_note="in a race"
            )
            try:
                store.run(concepts.edit_concept, command, actor=actor, reason="a race")
                break
            except Stale:
                stale += 1
    store.dispose()
    return stale


def _remember(start: Barrier) -> None:
    _START.append(start)
