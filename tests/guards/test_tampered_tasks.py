"""Test that verify finds each change of a task or attempt by an owner who removed the guards."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from tests.guards.attack_parts import Kind
from tests.guards.raw_sql import raw
from tests.guards.situated import (
    Situated,
    VerifiedTransactions,
    transactions_in_database,
    transactions_in_file,
)
from tests.guards.situation import Situation
from tests.guards.task_rows import (
    AGAIN,
    CANCELED,
    DEAD,
    DONE,
    EXPIRED,
    FREE,
    LEASED,
    PRUNED_STAGE,
    RETRIED,
    delete_task,
    end_lease,
    insert_attempt,
    insert_task,
    update_task,
)

from indelible.testing.stores import BEGINNING
from indelible_service.embedded import PostgresServer
from indelible_sql import Fault
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS

pytestmark = pytest.mark.slow

TABLES = (TASKS, TASK_ATTEMPTS)
FAR_AWAY = datetime(2998, 1, 1, tzinfo=UTC)

TAMPERS: Kind = {
    "a lease without end": lambda _: (update_task(LEASED, lease_until=FAR_AWAY),),
    "a task that is buried": lambda _: (end_lease(AGAIN, due_at=None, dead_reason="it cannot be"),),
    "a waiting task that is buried": lambda _: (
        update_task(FREE, due_at=None, dead_reason="it cannot be"),
    ),
    "a dead task with another reason": lambda _: (update_task(DEAD, dead_reason="no wish"),),
    "a dead task that is revived": lambda _: (
        update_task(DEAD, dead_reason=None, due_at=FAR_AWAY, attempts=0),
    ),
    "a failed task that is completed": lambda _: (
        update_task(RETRIED, due_at=None, finished_at=BEGINNING),
    ),
    "a failed task that is leased again": lambda _: (
        update_task(RETRIED, lease_owner="user:noor", lease_until=FAR_AWAY),
    ),
    "a waiting task that is completed": lambda _: (
        update_task(FREE, due_at=None, finished_at=BEGINNING),
    ),
    "a canceled task with another reason": lambda _: (
        update_task(CANCELED, cancel_reason="no wish"),
    ),
    "a canceled task that is completed": lambda _: (update_task(CANCELED, cancel_reason=None),),
    "a canceled task that is revived": lambda _: (
        update_task(CANCELED, cancel_reason=None, finished_at=None, due_at=FAR_AWAY),
    ),
    "a running task that is canceled": lambda _: (
        end_lease(LEASED, due_at=None, cancel_reason="no wish", finished_at=BEGINNING),
    ),
    "a record of a cancellation that is deleted": lambda _: (
        delete(TASK_ATTEMPTS).where(TASK_ATTEMPTS.c.entity_id == CANCELED),
    ),
    "a task that is deleted, with attempts": lambda _: (delete_task(LEASED),),
    "an attempt at a pruned task, above the pruned fences": lambda s: (
        insert_attempt(s.attempt, stage=PRUNED_STAGE, entity_id="pruned", fence=3),
    ),
    "a completed task whose attempts are reset": lambda _: (update_task(DONE, attempts=0),),
    "a fence that is lowered below its attempts": lambda _: (
        update_task(LEASED, fence=0, attempts=0, lease_owner=None, lease_until=None),
    ),
    "a task of a token that does not exist": lambda _: (
        insert_task(stage="generate", entity_id="nothing"),
    ),
    "a death under another claim": lambda s: (
        insert_attempt(s.attempt, entity_id=EXPIRED, fence=9, outcome="DEAD"),
    ),
    "a success in the future": lambda _: (update_task(DONE, succeeded_at=FAR_AWAY),),
    "an attempt in the future": lambda _: (update(TASK_ATTEMPTS).values(at=FAR_AWAY),),
    "an attempt by another actor": lambda _: (update(TASK_ATTEMPTS).values(actor="user:noor"),),
    "an attempt by another request": lambda _: (
        update(TASK_ATTEMPTS).values(request_id="request-9"),
    ),
    "an attempt at another time": lambda _: (update(TASK_ATTEMPTS).values(at=BEGINNING),),
    "a failure for another reason": lambda _: (
        update(TASK_ATTEMPTS).where(TASK_ATTEMPTS.c.entity_id == RETRIED).values(reason="another"),
    ),
    "a failure that is now a death": lambda _: (
        update(TASK_ATTEMPTS).where(TASK_ATTEMPTS.c.entity_id == RETRIED).values(outcome="DEAD"),
    ),
    "a record of a death that is deleted": lambda _: (
        delete(TASK_ATTEMPTS).where(TASK_ATTEMPTS.c.entity_id == DEAD),
    ),
    "a death by another reason": lambda _: (
        update(TASK_ATTEMPTS)
        .where(TASK_ATTEMPTS.c.entity_id == DEAD)
        .values(reason=raw("reason || '.'")),
    ),
}


def without_guards(dialect: str) -> Sequence[str]:
    """Return the statements by which an owner removes the guards of both tables."""
    if dialect == "postgresql":
        return [f"ALTER TABLE indelible.{table.name} DISABLE TRIGGER USER" for table in TABLES]

    guards = CATALOG.guards(dialect)
    return [f"DROP TRIGGER {guard.name}" for guard in guards if guard.table in TABLES]


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def owned(
    request: pytest.FixtureRequest,
) -> Generator[tuple[VerifiedTransactions, Situation, Sequence[str]]]:
    """Return transactions of the owner, which verify reads before they are rolled back."""
    dialect = str(request.param)
    if dialect == "sqlite":
        file: Situated[Path] = request.getfixturevalue("situated_file")
        situation = file.situation
        transactions = transactions_in_file(file.location, foreign_keys=True)
    else:
        database: Situated[PostgresServer] = request.getfixturevalue("situated_database")
        situation = database.situation
        transactions = transactions_in_database(database.location.admin_url)

    yield transactions, situation, without_guards(dialect)
    transactions.close()


@pytest.mark.dose
@pytest.mark.parametrize("name", TAMPERS)
def test_a_tampered_task_is_named_by_verify(
    name: str, owned: tuple[VerifiedTransactions, Situation, Sequence[str]]
) -> None:
    transactions, situation, before = owned

    findings = transactions.findings(TAMPERS[name](situation), before=before)

    assert {finding.fault for finding in findings} == {Fault.TASK}
    assert all(finding.entity_id for finding in findings)


@pytest.mark.dose
def test_without_tampering_verify_finds_nothing(
    owned: tuple[VerifiedTransactions, Situation, Sequence[str]],
) -> None:
    transactions, _, before = owned

    assert transactions.findings((), before=before) == []
