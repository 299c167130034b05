"""A custom adapter passes the conformance suites, and the suites detect a planted fault."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.examples.file_store import FileStore

from indelible import concepts
from indelible.kernel import Actor, AuditContext
from indelible.kernel.keys import KeyPolicy
from indelible.kernel.settings import Config
from indelible.memory.store import MemoryTransaction
from indelible.policy import Policy
from indelible.testing.captures.conformance import CapturesConformance
from indelible.testing.captures.scenarios import Install, nothing_to_install
from indelible.testing.concepts.conformance import ConceptsConformance
from indelible.testing.concepts.repository import RepositoryConformance
from indelible.testing.kernel.conformance import KernelConformance
from indelible.testing.stores import (
    CLEARER,
    AnyStore,
    CountedIds,
    TickingClock,
    create,
    do,
    refusal,
)

POLICY = Policy(keys=KeyPolicy(pepper=b"a pepper for tests, 32 bytes long"))


@pytest.mark.dose
class TestFileStore(
    CapturesConformance,
    ConceptsConformance,
    RepositoryConformance,
    KernelConformance,
):
    @pytest.fixture
    def store(self, tmp_path: Path) -> AnyStore:
        return FileStore(tmp_path / "store", policy=POLICY, clock=TickingClock(), ids=CountedIds())

    @pytest.fixture
    def install(self) -> Install:
        return nothing_to_install


class Forgetful(FileStore):
    """A faulty store that commits although the command failed."""

    @contextmanager
    def transaction(
        self, *, actor: Actor, reason: str, request_id: str | None = None
    ) -> Generator[MemoryTransaction]:
        tables = self._tables()
        audit = AuditContext(actor=actor, reason=reason, request_id=request_id)
        try:
            yield MemoryTransaction(
                tables, self._policy, Config(self.config), audit, self._clock, self._ids
            )
        finally:
            self._replace(tables)


def test_the_suite_detects_an_adapter_that_commits_half_a_transaction(tmp_path: Path) -> None:
    store = Forgetful(tmp_path / "store", policy=POLICY, clock=TickingClock(), ids=CountedIds())

    with pytest.raises(AssertionError):
        ConceptsConformance().test_two_commands_of_one_transaction_stand_or_fall_together(store)


@pytest.mark.dose
def test_a_store_of_another_process_sees_what_was_committed(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "store")
    created = create(store)
    with get_context("spawn").Pool(2) as processes:
        edited = processes.map(
            partial(edited_code, tmp_path / "store", created.concept.id), range(2)
        )

    assert sorted(edited) == ["", "STALE"]
    assert len(FileStore(tmp_path / "store").feed().changes) == 2


def edited_code(path: Path, concept_id: str, _: int) -> str:
    """Edit in this process; return the code of the error, or '' on success."""
    command = concepts.EditConcept(
        concept_id=concept_id, expected_seq=1, content=CLEARER, change_note="clearer"
    )
    refused = refusal(lambda: do(FileStore(path), concepts.edit_concept, command))
    return refused.code if refused else ""
