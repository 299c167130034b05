"""Verify finds each change of a task or attempt by an owner who has removed the guards."""

import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest
from tests.databases import create_database
from tests.guards.raw import Raw, RawDatabase, RawFile, without_guards

from indelible_service.embedded import PostgresServer
from indelible_sql import Fault

FAR: Final = "'2998-01-01T00:00:00.000000+00:00'"
EARLY: Final = "'2026-01-01T00:00:00.000000+00:00'"
WAITS: Final = "due_at IS NOT NULL AND lease_owner IS NULL"
NO_LEASE: Final = "lease_owner = NULL, lease_until = NULL"
TAMPERS: Final = {
    "a lease without end": f"UPDATE tasks SET lease_until = {FAR} WHERE lease_owner IS NOT NULL",
    "a waiting task that is buried": (
        f"UPDATE tasks SET due_at = NULL, dead_reason = 'it cannot be' WHERE {WAITS}"
    ),
    "a leased task that is buried": (
        f"UPDATE tasks SET due_at = NULL, dead_reason = 'it cannot be', {NO_LEASE}"
        " WHERE lease_owner IS NOT NULL"
    ),
    "a dead task with another reason": (
        "UPDATE tasks SET dead_reason = 'no wish' WHERE dead_reason IS NOT NULL"
    ),
    "a dead task that is revived": (
        f"UPDATE tasks SET dead_reason = NULL, due_at = {FAR}, attempts = 0"
        " WHERE dead_reason IS NOT NULL"
    ),
    "a failed task that is completed": (
        f"UPDATE tasks SET due_at = NULL, finished_at = {EARLY} WHERE {WAITS} AND attempts > 0"
    ),
    "a canceled task with another reason": (
        "UPDATE tasks SET cancel_reason = 'no wish' WHERE cancel_reason IS NOT NULL"
    ),
    "a canceled task that is revived": (
        f"UPDATE tasks SET cancel_reason = NULL, finished_at = NULL, due_at = {FAR}"
        " WHERE cancel_reason IS NOT NULL"
    ),
    "a fence that is lowered below its attempts": (
        f"UPDATE tasks SET fence = 0, attempts = 0, {NO_LEASE} WHERE lease_owner IS NOT NULL"
    ),
    "a success in the future": (
        f"UPDATE tasks SET succeeded_at = {FAR} WHERE succeeded_at IS NOT NULL"
    ),
    "a record of a death that is deleted": "DELETE FROM task_attempts WHERE outcome = 'DEAD'",
    "a record of a cancellation that is deleted": (
        "DELETE FROM task_attempts WHERE outcome = 'CANCELED'"
    ),
    "an attempt in the future": f"UPDATE task_attempts SET at = {FAR}",
    "an attempt by another actor": "UPDATE task_attempts SET actor = 'user:noor'",
    "a failure for another reason": "UPDATE task_attempts SET reason = reason || '.'",
    "a failure that is now a death": (
        "UPDATE task_attempts SET outcome = 'DEAD' WHERE outcome = 'FAILED'"
    ),
}


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
)
def owned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Raw]:
    """Connect as the owner of tables without guards."""
    raw: Raw
    if request.param == "sqlite":
        source: Path = request.getfixturevalue("populated_file")
        path = Path(shutil.copy(source, tmp_path_factory.mktemp("tasks") / "tasks.db"))
        raw = RawFile(path)
    else:
        server: PostgresServer = request.getfixturevalue("server")
        populated: PostgresServer = request.getfixturevalue("populated_database")
        template = populated.url.rpartition("/")[2]
        raw = RawDatabase(create_database(server, "guards_tasks", template).admin_url)
    without_guards(raw, "tasks", "task_attempts")
    yield raw
    raw.close()


@pytest.mark.parametrize("name", TAMPERS)
def test_a_tampered_task_is_named_by_verify(name: str, owned: Raw) -> None:
    with owned.savepoint():
        assert owned.execute(TAMPERS[name]).rowcount > 0
        findings = owned.findings()

    named = [finding for finding in findings if finding.fault is Fault.TASK]
    assert named
    assert all(finding.entity_id for finding in named)


def test_without_tampering_verify_finds_nothing(owned: Raw) -> None:
    assert owned.findings() == []
