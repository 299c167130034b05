"""Test the look-up of a lost COMMIT on a standby that takes over from the primary."""

import os
import pwd
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT
from typing import Final

import psycopg
import pytest
from attrs import frozen
from sqlalchemy import Engine
from tests.conftest import copy_cluster, folder
from tests.sql.conftest import opened

from indelible import concepts
from indelible.kernel import OutcomeUnknown
from indelible.testing.stores import MAYA, RATIO
from indelible_service.embedded import postgres
from indelible_service.embedded.children import Child, ServerProgram, running_server, start_child
from indelible_service.embedded.postgresql import SETTINGS, WORKING_DIRECTORY, programs_directory
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session import Session
from indelible_sql.kernel.outcome import was_committed

pytestmark = pytest.mark.slow

CREATE: Final = concepts.CreateConcept(content=RATIO)
ARCHIVE: Final = "archive"  # in the data of the standby, which its account may read
ACCEPTS_QUERIES: Final = "database system is ready to accept read-only connections"
STOP_SIGNALS: Final = ((SIGINT, 30.0),)


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

        with running_standby(copy) as url, opened(url) as store:
            engine = store.engines.writer
            yield Standby(engine, url, lost, primary / "data", copy / "data")


@contextmanager
def running_standby(directory: Path) -> Generator[str]:
    """Run the copy of a primary as its standby; yield the URL of the administrator."""
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    data = directory / "data"
    programs = programs_directory(account, int((data / "PG_VERSION").read_text()))
    log = directory / "standby.log"
    (data / "standby.signal").touch()
    (data / ARCHIVE).mkdir()
    (data / ARCHIVE).chmod(0o755)

    settings = {**SETTINGS, "restore_command": f"cp {ARCHIVE}/%f %p"}
    options = [f"--{name}={value}" for name, value in settings.items()]

    def start(port: int) -> Child:
        data_name = WORKING_DIRECTORY if account else "."
        command = (str(programs / "postgres"), "-D", data_name, f"--port={port}", *options)
        return start_child(command, log, account, cwd=str(data))

    program = ServerProgram(
        start=start,
        is_ready=lambda _: ACCEPTS_QUERIES in log.read_text(),
        log=log,
        stop_signals=STOP_SIGNALS,
        account=account,
    )
    with running_server(program, None) as (port, _):
        yield f"postgresql://postgres@127.0.0.1:{port}/indelible"


def test_a_standby_does_not_say_whether_a_commit_was_lost_until_it_is_promoted(
    standby: Standby,
) -> None:
    with pytest.raises(OutcomeUnknown):
        standby.was_committed(lambda _: None)

    assert standby.was_committed(standby.promote)
