"""A field that is unique by True: memory and both databases raise the derived error."""

from enum import StrEnum
from typing import ClassVar

import pytest
from attrs import frozen
from sqlalchemy import Connection, MetaData, Table
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase

from indelible.kernel import Actor, Conflict, Lifecycle
from indelible.kernel.actions import creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.derived_errors import derived_missing_error
from indelible.kernel.execution import execute
from indelible.kernel.field_rules import field
from indelible.kernel.kinds import Identifier, kinds
from indelible.memory import MemoryStore
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible_sql import (
    HeadMapping,
    SqlAggregateRepository,
    SqlTransaction,
    declare_lifecycle,
    guard_head,
    head_columns,
    one_per_parent_indexes,
    open_store,
)
from indelible_sql.schema.entity_columns import entity_columns

MAYA = Actor.user("maya")


class LockerStatus(StrEnum):
    """The state of a locker."""

    FREE = "FREE"


@frozen(kw_only=True, field_transformer=kinds)
class Locker(Aggregate):
    """A locker with a number of its own."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="locker")
    missing_error = derived_missing_error("Locker", module=__name__)

    status: LockerStatus
    number: Identifier = field(unique=True)

    @creates(LockerStatus.FREE)
    def build(self, id: Identifier, number: Identifier) -> None:
        """Build a locker."""


LOCKERS = Table(
    "lockers",
    MetaData(),
    *head_columns(Locker.lifecycle),
    *entity_columns(Locker),
    *one_per_parent_indexes("lockers", Locker),
    sqlite_with_rowid=False,
)
HEADS = HeadMapping(table=LOCKERS, entity=Locker)


def migrate(connection: Connection) -> None:
    """Create the table with its edge, its index and its guards."""
    declare_lifecycle(connection, Locker.lifecycle)
    LOCKERS.create(connection)
    guard_head(connection, LOCKERS, Locker.lifecycle)


def build(tx: SqlTransaction, locker_id: str) -> None:
    """Build a locker with the number of every other one."""
    lockers = SqlAggregateRepository(tx.session, HEADS)
    execute(tx, lockers, Locker.build(id=locker_id, number="L-1"))


def build_two_in_memory() -> None:
    """Build two lockers with one number in the memory store."""
    with MemoryStore().transaction(actor=MAYA, reason="a test") as tx:
        lockers = MemoryAggregateRepository(tx.history, Locker)
        execute(tx, lockers, Locker.build(id="a", number="L-1"))
        execute(tx, lockers, Locker.build(id="b", number="L-1"))


def assert_is_derived(error: Conflict) -> None:
    """Check the class, the code and the values of the error about the number L-1."""
    assert type(error).__name__ == "LockerNumberTaken"
    assert type(error).__module__ == __name__
    assert error.code == "LOCKER_NUMBER_TAKEN"
    assert error.detail == {"value": "L-1"}
    assert error.describe() == "Another locker has number L-1."


def test_both_databases_raise_the_derived_error_and_log_no_warning(
    host: HostDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    host.migrate(migrate, "lockers")
    store = open_store(host.url, lifecycles=(Locker.lifecycle,), policy=POLICY)
    store.run(build, "a", actor=MAYA, reason="a test")

    with pytest.raises(Conflict) as refused:
        store.run(build, "b", actor=MAYA, reason="a test")
    store.dispose()

    assert_is_derived(refused.value)
    assert {record.levelname for record in caplog.records} <= {"DEBUG", "INFO"}


def test_memory_raises_the_derived_error() -> None:
    with pytest.raises(Conflict) as refused:
        build_two_in_memory()

    assert_is_derived(refused.value)
