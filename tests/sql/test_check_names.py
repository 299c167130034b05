"""No table of a host takes the name of another check of `verify`, which parts name it by."""

from collections.abc import Generator, Sequence
from enum import auto
from typing import Final

import pytest
from tests.conftest import POLICY
from tests.sql.unguarded import execute_unguarded

from indelible.declare import Aggregate, Context, OneLine, States, aggregate, creates
from indelible.kernel import UsageError
from indelible.testing.stores import MAYA
from indelible_sql import SqlStore, open_store, verify
from indelible_sql.maintenance import verify_parts
from indelible_sql.maintenance.verify_checks import RowCheck, row_checks
from indelible_sql.maintenance.verify_parts import split_verify, verify_part
from indelible_sql.schema.findings import Fault

POSITIONS: Final = 3


class Open(States):
    """The only state."""

    OPEN = auto()


@aggregate(final=(Open.OPEN,))
class Position(Aggregate):
    """A position of a trader, in the table `positions`."""

    status: Open
    title: OneLine

    @creates(Open.OPEN)
    def open(self, title: OneLine) -> None: ...


positions = Context(Position)


@pytest.fixture
def traders(sqlite_url: str) -> Generator[SqlStore]:
    """Open the store of a host with positions."""
    store = open_store(sqlite_url, contexts=(positions,), policy=POLICY)
    store.upgrade()
    for number in range(POSITIONS):
        command = Position.open(title=f"Position {number}")
        store.run(positions.execute, command, actor=MAYA, reason="a test")
    yield store
    store.dispose()


@pytest.mark.slow
def test_parts_find_forged_heads_of_a_host(traders: SqlStore) -> None:
    forged = ["UPDATE positions SET title = 'forged'"]
    execute_unguarded(traders.own_url, forged, traders.catalog)
    expected = verify(traders)

    with split_verify(traders, rows_of_part=1) as work:
        found = [finding for part in work.parts for finding in verify_part(traders, part).findings]

    assert [(one.fault, one.table) for one in expected] == [(Fault.HEAD, "positions")] * POSITIONS
    assert tuple(found) == expected


def test_two_checks_with_one_name_are_refused(
    traders: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = row_checks(traders, {}, None, is_later=False)

    def repeat_first(*_: object, **__: object) -> Sequence[RowCheck]:
        return (*checks, checks[0])

    monkeypatch.setattr(verify_parts, row_checks.__name__, repeat_first)

    with pytest.raises(UsageError), split_verify(traders):
        pass
