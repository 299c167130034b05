"""Test the look-up of a lost COMMIT on a standby that takes over from the primary."""

import time
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Thread
from typing import Final

import psycopg
import pytest
from attrs import define, field, frozen
from sqlalchemy import Engine
from tests.conftest import copy_cluster, folder
from tests.sql.conftest import opened
from tests.sql.standbys import ARCHIVE, archived_standby

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.kernel import Idempotency, OutcomeUnknown, RequestInFlight
from indelible.testing.stores import MAYA, RATIO
from indelible_service.embedded import PostgresServer, postgres
from indelible_sql import Pool, SqlStore, open_store
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session import Session
from indelible_sql.kernel import outcome
from indelible_sql.kernel.outcome import was_committed

pytestmark = pytest.mark.slow

CREATE: Final = concepts.CreateConcept(content=RATIO)
IDEMPOTENCY: Final = Idempotency("key-1", ConceptSaved)
IMPATIENT: Final = Pool(statement_seconds=1)
POLL_SECONDS: Final = 0.01
TERMINATE_WAITING: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
)


@frozen
class Standby:
    """A standby that has not replayed the last COMMIT of its primary, which has ended."""

    engine: Engine
    admin_url: str
    lost: Session
    primary: Path
    data: Path

    def was_committed(self, pause: Callable[[float], object]) -> bool:
        """Look up the COMMIT whose reply was lost."""
        return was_committed(self.engine, self.lost, SCHEMA, pause)

    def promote(self, _: float) -> None:
        """Replay what the primary wrote, and make the standby the primary."""
        copy_cluster(self.primary / "pg_wal", self.data / ARCHIVE)
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute("SELECT pg_promote()")


@pytest.fixture
def standby(cluster: Path) -> Generator[Standby]:
    with folder() as primary, folder() as copy:
        copy_cluster(cluster, primary)
        with postgres(primary, durable=False) as server, opened(server.url) as store:
            store.upgrade(server.owner_url)

        copy_cluster(primary, copy)
        with postgres(primary, durable=False) as server, opened(server.url) as store:
            with store.transaction(actor=MAYA, reason="a reply is lost") as tx:
                concepts.create_concept(tx, CREATE)
            lost = tx.session

        with archived_standby(copy) as url, opened(url) as store:
            engine = store.engines.writer
            yield Standby(engine, url, lost, primary / "data", copy / "data")


def test_a_standby_does_not_say_whether_a_commit_was_lost_until_it_is_promoted(
    standby: Standby,
) -> None:
    with pytest.raises(OutcomeUnknown):
        standby.was_committed(lambda _: None)

    assert standby.was_committed(standby.promote)


@define
class Unconfirmed:
    """A server whose synchronous standby is missing, with what happened to one COMMIT."""

    server: PostgresServer
    events: list[str] = field(factory=list[str])

    def terminate_waiting_commit(self) -> None:
        """End the session whose COMMIT waits; the server shows its changes from now on."""
        with psycopg.connect(self.server.admin_url, autocommit=True) as admin:
            while admin.execute(TERMINATE_WAITING).fetchone() is None:
                time.sleep(POLL_SECONDS)
        self.events.append("terminated")

    def confirm(self, _: float = 0) -> None:
        """Let a standby confirm all commits, once the session has ended."""
        if self.events == ["terminated"]:
            self.events.append("confirmed")
            require_standby(self.server, "")

    def create(self, store: SqlStore) -> None:
        """Create a concept under a key."""
        store.run(
            concepts.create_concept,
            CREATE,
            actor=MAYA,
            reason="a standby is missing",
            idempotency=IDEMPOTENCY,
        )
        self.events.append("acknowledged")

    def create_when_free(self, store: SqlStore) -> None:
        """Create it again as soon as the session of the request before has ended."""
        while True:
            try:
                return self.create(store)
            except RequestInFlight:
                time.sleep(POLL_SECONDS)


@pytest.fixture
def unconfirmed(cluster: Path) -> Generator[Unconfirmed]:
    with folder() as directory:
        copy_cluster(cluster, directory)
        with postgres(directory, durable=False) as server:
            with opened(server.url) as store:
                store.upgrade(server.owner_url)
            require_standby(server, "*")
            yield Unconfirmed(server)
            require_standby(server, "")  # else the server waits for its sessions when it stops


def require_standby(server: PostgresServer, names: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'".encode())
        admin.execute("SELECT pg_reload_conf()")


def test_a_commit_is_not_acknowledged_before_its_standby_has_it(unconfirmed: Unconfirmed) -> None:
    terminating = Thread(target=unconfirmed.terminate_waiting_commit)
    terminating.start()
    store = open_store(unconfirmed.server.url, pool=IMPATIENT)
    store.pause = unconfirmed.confirm
    unconfirmed.create(store)
    terminating.join()
    store.dispose()

    assert unconfirmed.events == ["terminated", "confirmed", "acknowledged"]


def test_a_repeated_key_is_not_acknowledged_before_its_standby_has_it(
    unconfirmed: Unconfirmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "MAX_SECONDS", 3)
    store = open_store(unconfirmed.server.url, pool=IMPATIENT)
    store.pause = lambda _: None
    terminating = Thread(target=unconfirmed.terminate_waiting_commit)
    terminating.start()
    with pytest.raises(OutcomeUnknown):
        unconfirmed.create(store)
    terminating.join()

    with pytest.raises(OutcomeUnknown):
        unconfirmed.create(store)
    unconfirmed.confirm()
    unconfirmed.create_when_free(store)
    (change,) = store.feed().changes
    store.dispose()

    assert unconfirmed.events == ["terminated", "confirmed", "acknowledged"]
    assert change.action == "create"
