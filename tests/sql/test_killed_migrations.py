"""Test that a migration is atomic: killed at any statement, it leaves what was there before."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from tests.sql.empty_databases import EmptyDatabase, empty_on_postgresql, empty_on_sqlite
from tests.sql.freeze import newest_revision

from indelible_service.embedded import PostgresServer
from indelible_sql import verify

pytestmark = pytest.mark.slow

KILLS = 12
MIGRATION_STARTS = ("CREATE ", "DROP ")


class Killed(Exception):
    """The error with which a migration of these tests is killed."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, server: PostgresServer) -> EmptyDatabase:
    if request.param == "sqlite":
        return empty_on_sqlite(tmp_path / "empty.db")
    return empty_on_postgresql(server)


@contextmanager
def killed_at(number: int) -> Generator[list[str]]:
    """Raise at the statement of this number in any engine of this process; yield the statements."""
    statements: list[str] = []

    def count_and_kill(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)
        if len(statements) == number:
            raise Killed

    event.listen(Engine, "before_cursor_execute", count_and_kill)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", count_and_kill)


def numbers_to_kill_at(migrate: Callable[[], object]) -> list[int]:
    """Migrate, and return the numbers of some of its statements, with the last one."""
    with killed_at(0) as statements:
        migrate()

    first = 0
    for number, statement in enumerate(statements, start=1):
        if statement.startswith(MIGRATION_STARTS):
            first = number + 1
            break
    assert first

    last = len(statements)
    step = max(1, last // KILLS)
    return sorted({*range(first, last + 1, step), last})


def test_a_killed_upgrade_leaves_nothing(empty: EmptyDatabase) -> None:
    # The first upgrade also leaves the table of the revision, which a downgrade does not drop.
    empty.upgrade_as_owner()
    empty.downgrade()
    objects = sorted(empty.objects())
    numbers = numbers_to_kill_at(empty.upgrade_as_owner)
    empty.downgrade()

    for number in numbers:
        with killed_at(number), pytest.raises(Killed):
            empty.upgrade_as_owner()
        assert sorted(empty.objects()) == objects

    empty.upgrade()
    with empty.opened() as store:
        assert verify(store) == ()


def test_a_killed_first_upgrade_leaves_an_empty_database(empty: EmptyDatabase) -> None:
    with killed_at(40), pytest.raises(Killed):
        empty.upgrade()

    assert empty.objects() == []


def test_a_killed_downgrade_leaves_everything(empty: EmptyDatabase) -> None:
    empty.upgrade()
    facts = empty.facts()
    numbers = numbers_to_kill_at(empty.downgrade)
    empty.upgrade()

    for number in numbers:
        with killed_at(number), pytest.raises(Killed):
            empty.downgrade()

        assert empty.facts() == facts
        assert empty.revision() == newest_revision()
