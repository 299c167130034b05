"""Services of Flask and FastAPI share their login, transactions and migrations with tickets."""

from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session
from tests.examples.conftest import HostDatabase
from tests.examples.desk_tables import Person, digest_of
from tests.examples.desks import FRAMEWORKS, local_desk, served_desk
from tests.examples.test_django import TO_THE_APPLICATION
from tests.examples.tickets import tickets

from indelible_sql import open_store, verify

MIGRATIONS = Path(__file__).parent / "desk_migrations"
PEOPLE = ("maya", "noor")
TITLE = "Printer on fire"


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


@pytest.fixture
def migrated(host: HostDatabase, monkeypatch: pytest.MonkeyPatch) -> str:
    """Migrate a database by the host's own Alembic, let two people in, and return its URL."""
    monkeypatch.setenv("DATABASE_URL", host.url)
    monkeypatch.setenv("INDELIBLE_OWNER_URL", host.owner_url)
    if host.url != host.owner_url:
        with psycopg.connect(host.owner_url) as owner:
            owner.execute(TO_THE_APPLICATION)
    command.upgrade(alembic_config(), "head")

    engine = create_engine(host.url, poolclass=NullPool)
    with Session(engine) as rows, rows.begin():
        rows.add_all(Person(name=name, token_digest=digest_of(name)) for name in PEOPLE)
    return host.url


def numbers(url: str) -> list[str]:
    """Return the numbers of all tickets, after verifying the database."""
    store = open_store(url, contexts=(tickets,))
    try:
        assert verify(store) == ()
        return [head.entity.number for head in store.read(tickets.list)]
    finally:
        store.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_row_of_the_host_and_a_ticket_stand_or_fall_together(
    migrated: str, framework: str
) -> None:
    with local_desk(framework, migrated, "maya") as maya:
        opened, _ = maya.post("/tickets", number="T-1", title=TITLE, message_id="<1>")
        known, _ = maya.post("/tickets", number="T-2", title=TITLE, message_id="<1>")
        taken, problem = maya.post("/tickets", number="T-1", title=TITLE, message_id="<2>")
        again, _ = maya.post("/tickets", number="T-3", title=TITLE, message_id="<2>")

    assert (opened, known, taken, again) == (201, 409, 409, 201)
    assert problem["code"] == "TICKET_NUMBER_TAKEN"
    assert numbers(migrated) == ["T-1", "T-3"]


@pytest.mark.slow
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_actor_is_who_has_logged_in_and_a_stale_edit_is_refused(
    migrated: str, framework: str
) -> None:
    with local_desk(framework, migrated, "maya") as maya:
        _, opened = maya.post("/tickets", number="T-1", title=TITLE, message_id="<1>")
    path = f"/tickets/{opened['id']}/assign"
    with local_desk(framework, migrated, "noor") as noor:
        assigned, _ = noor.post(path, assignee="ann", reason="on duty", seq=1)
        stale, problem = noor.post(path, assignee="bob", reason="on duty", seq=1)
        illegal, refused = noor.post(path, assignee="bob", reason="on duty", seq=2)
        lines = noor.history(opened["id"])

    assert (assigned, stale, illegal) == (200, 412, 409)
    assert (problem["code"], refused["allowed"]) == ("STALE", ["close"])
    assert lines == ["open by user:maya: a mail", "assign by user:noor: on duty"]


@pytest.mark.slow
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_stranger_changes_nothing(migrated: str, framework: str) -> None:
    with local_desk(framework, migrated, "stranger") as stranger:
        status, _ = stranger.post("/tickets", number="T-1", title=TITLE, message_id="<1>")

    assert status == 401
    assert numbers(migrated) == []


@pytest.mark.dose
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_real_server_runs_the_same_service(migrated: str, framework: str) -> None:
    with served_desk(framework, migrated, "maya") as maya:
        opened, _ = maya.post("/tickets", number="T-1", title=TITLE, message_id="<1>")
        known, _ = maya.post("/tickets", number="T-2", title=TITLE, message_id="<1>")

    assert (opened, known) == (201, 409)
    assert numbers(migrated) == ["T-1"]


def test_a_migration_of_the_host_that_fails_takes_ours_with_it(
    host: HostDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", host.url)
    monkeypatch.setenv("INDELIBLE_OWNER_URL", host.owner_url)
    host.migrate(lambda connection: connection.exec_driver_sql("CREATE TABLE mails (x TEXT)"))

    with pytest.raises(Exception, match="already exists"):
        command.upgrade(alembic_config(), "head")

    engine = create_engine(host.owner_url, poolclass=NullPool)
    with engine.connect() as connection, pytest.raises(Exception, match="tickets"):
        connection.exec_driver_sql("SELECT * FROM tickets")


@pytest.mark.slow
def test_the_migration_of_tickets_cannot_be_reversed(migrated: str) -> None:
    with pytest.raises(RuntimeError, match="no way back"):
        command.downgrade(alembic_config(), "base")

    assert numbers(migrated) == []
