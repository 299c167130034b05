"""Processes that edit one concept at the same time, each until all its edits are accepted."""

from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from typing import Any

from attrs import evolve, frozen
from tests.forks import fork_context

from indelible import concepts
from indelible.concepts import ConceptContent
from indelible.kernel import Actor, Stale
from indelible.testing.stores import RATIO, create
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.schema.findings import Finding

PROCESSES = 8
MAX_WAIT_SECONDS = 120
_START: list[Barrier] = []  # of this process


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
    context: Any = fork_context()
    start = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, context, _set_start, (start,)) as pool:
        yield pool


def race(pool: ProcessPoolExecutor, url: str, edits: int) -> Raced:
    """Let every process edit a new concept until this number of its edits is accepted."""
    store = open_store(url)
    try:
        concept_id = create(store).concept.id
        processes = [
            pool.submit(edit_in_process, url, concept_id, edits, number)
            for number in range(PROCESSES)
        ]
        stale = sum(process.result() for process in processes)

        versions = store.read(lambda tx: tx.concepts.repository.list_versions(concept_id))
        view = store.read(concepts.get_concept, concept_id)
        numbers = [version.version_number for version in versions]
        return Raced(numbers, view.seq, stale, verify(store))
    finally:
        store.dispose()


def edit_in_process(url: str, concept_id: str, edits: int, number: int) -> int:
    """Edit until this number of edits is accepted; return how many were stale."""
    store = open_store(url)
    actor = Actor.user(f"editor-{number}")
    stale = 0
    _START[0].wait(MAX_WAIT_SECONDS)
    for edit in range(edits):
        content = evolve(RATIO, explanation=f"edit {edit} of editor {number}")
        while not _try_edit(store, concept_id, content, actor):
            stale += 1
    store.dispose()

    return stale


def _try_edit(store: SqlStore, concept_id: str, content: ConceptContent, actor: Actor) -> bool:
    """Read and edit the concept; return whether the edit was accepted, and not stale."""
    seq = store.read(concepts.get_concept, concept_id).seq
    command = concepts.EditConcept(
        concept_id=concept_id, expected_seq=seq, content=content, change_note="in a race"
    )
    try:
        store.run(concepts.edit_concept, command, actor=actor, reason="a race")
    except Stale:
        return False

    return True


def _set_start(start: Barrier) -> None:
    _START.append(start)
