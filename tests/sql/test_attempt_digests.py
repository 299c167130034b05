"""Attempts that are older than their digests get the same digests by an upgrade as new ones."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import asdict
from sqlalchemy import insert, select, update
from tests.sql.empty_databases import SCHEMA, EmptyDatabase, empty_on_postgresql, empty_on_sqlite

from indelible.kernel import Actor
from indelible.kernel.tasks import Attempt, AttemptOutcome
from indelible_service.embedded import PostgresServer
from indelible_sql import newest_seal, seal, verify
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.schema.migrate import downgrade, migrating

pytestmark = pytest.mark.slow

WORKER = Actor.system("é漢字")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
# Every character that JSON escapes, some that it does not, and one beyond 16 bits.
CONTROLS = "".join(chr(number) for number in range(1, 32))
TEXTS = (f"a{CONTROLS}b", '"quoted" \\ /', "\x7f\u00a0\u2028\ufffe", "é漢字🙂", "%s :name {x}")
MICROSECONDS = (0, 1, 120_000, 999_999, 500_000)


def old_attempts() -> list[Attempt]:
    """Return attempts of many forms, without a digest."""
    attempts: list[Attempt] = []
    for number, reason in enumerate(TEXTS):
        attempt = Attempt(
            stage=f"stage {number}",
            entity_id=f'"{number}\\',
            fence=1,
            outcome=AttemptOutcome.STARTED,
            actor=WORKER,
            reason=reason,
            at=AT.replace(microsecond=MICROSECONDS[number]),
            request_id=reason if number else None,
        )
        attempts.append(attempt)
    return attempts


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path, server: PostgresServer) -> EmptyDatabase:
    """Return a database at revision 0001 with these attempts, each of a leased task."""
    if request.param == "sqlite":
        empty = empty_on_sqlite(tmp_path / "empty.db")
    else:
        empty = empty_on_postgresql(server)

    empty.upgrade()
    downgrade(empty.owner_url, SCHEMA, "0001", CATALOG)
    with migrating(empty.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        for attempt in old_attempts():
            key = {"stage": attempt.stage, "entity_id": attempt.entity_id}
            translated.execute(insert(TASKS).values(**key, due_at=AT, fence=0, attempts=0))
            claim = update(TASKS).filter_by(**key)
            translated.execute(
                claim.values(fence=1, attempts=1, lease_owner=WORKER, lease_until=AT)
            )
            columns = {**asdict(attempt, recurse=False), "outcome": attempt.outcome.value}
            del columns["hash"]
            translated.execute(insert(TASK_ATTEMPTS).values(columns))
    return empty


def stored_hashes(database: EmptyDatabase) -> set[str]:
    """Return the digests of all stored attempts."""
    with migrating(database.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        return set(translated.scalars(select(TASK_ATTEMPTS.c.hash)))


def test_an_upgrade_gives_old_attempts_their_digests(old: EmptyDatabase) -> None:
    old.upgrade()

    assert stored_hashes(old) == {attempt.digest() for attempt in old_attempts()}
    with old.opened() as store:
        assert verify(store) == ()


def test_a_seal_covers_attempts(old: EmptyDatabase) -> None:
    old.upgrade()
    with old.opened() as store:
        sealed = seal(store, actor=WORKER, reason="a test")

        assert sealed is not None
        assert sealed.records == len(TEXTS)
        assert sealed == newest_seal(store)
        assert verify(store, against=sealed.reference) == ()
