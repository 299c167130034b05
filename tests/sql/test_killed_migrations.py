"""Test that a migration is atomic: killed at any statement, it leaves what was there before."""

from pathlib import Path

import pytest
from tests.sql.empty_databases import EmptyDatabase, empty_on_postgresql, empty_on_sqlite
from tests.sql.killed import Killed, killed_at, numbers_to_kill_at

from indelible_service.embedded import PostgresServer
from indelible_sql import verify
from indelible_sql.generated_revisions import OWN

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, server: PostgresServer) -> EmptyDatabase:
    if request.param == "sqlite":
        return empty_on_sqlite(tmp_path / "empty.db")
    return empty_on_postgresql(server)


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
        assert empty.revision() == OWN
