"""Generated aggregates do the same in every store, and no raw write gets past their guards."""

import sqlite3
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import POLICY
from tests.doses import dose
from tests.examples.conftest import HostDatabase, host
from tests.own.generated import Generated, generated
from tests.own.walks import accepted, attacks_on, forge, forgeries, walk

from indelible.kernel import Actor
from indelible.memory.store import MemoryStore
from indelible.testing.stores import CountedIds, TickingClock
from indelible_sql import Fault, export_histories, import_histories, open_store, verify

__all__ = ["host"]  # the fixture

SEED = 37
STEPS = 40
NUMBERS = range(dose(4, small=2))


def options() -> dict[str, Any]:
    return {"policy": POLICY, "clock": TickingClock(), "ids": CountedIds()}


@pytest.fixture(params=NUMBERS)
def plan(request: pytest.FixtureRequest) -> Generated:
    return generated(request.param, SEED)


def test_every_store_gives_the_same_answers(
    plan: Generated, host: HostDatabase, tmp_path: Path
) -> None:
    memory = MemoryStore(contexts=(plan.context,), **options())
    sql = open_store(host.url, contexts=(plan.context,), **options())
    sql.upgrade(host.owner_url)

    expected = walk(memory, plan, SEED, STEPS)
    assert walk(sql, plan, SEED, STEPS) == expected
    heads = memory.read(plan.context.list, limit=1_000)
    assert sql.read(plan.context.list, limit=1_000) == heads
    for head in heads:
        assert sql.read(plan.context.as_of, head.id, head.entity.updated_at) == head
        assert memory.read(plan.context.as_of, head.id, head.entity.updated_at) == head
        for name in plan.context.filters:
            value = getattr(head.entity, name)
            found = sql.read(plan.context.list, limit=1_000, **{name: value})
            assert found == memory.read(plan.context.list, limit=1_000, **{name: value})
            assert head in found
    assert verify(sql) == ()

    attacks = attacks_on(plan)
    assert len(attacks) >= 20
    assert accepted(host.owner_url, attacks) == []
    assert verify(sql) == ()
    assert sql.read(plan.context.list, limit=1_000) == heads

    first, second = BytesIO(), BytesIO()
    sql.read(export_histories, first)
    copy = open_store(f"sqlite:///{tmp_path}/copy.db", contexts=(plan.context,), **options())
    copy.upgrade()
    first.seek(0)
    import_histories(copy, first, by=Actor.user("maya"))
    copy.read(export_histories, second)
    assert second.getvalue() == first.getvalue()
    assert verify(copy) == ()
    copy.dispose()
    sql.dispose()


def test_verify_finds_another_value_in_any_column(plan: Generated, tmp_path: Path) -> None:
    path = tmp_path / "original.db"
    store = open_store(f"sqlite:///{path}", contexts=(plan.context,), **options())
    store.upgrade()
    walk(store, plan, SEED, STEPS)
    store.dispose()

    for column, values in forgeries(plan).items():
        copy = tmp_path / f"{column}.db"
        with sqlite3.connect(path) as original, sqlite3.connect(copy) as target:
            original.backup(target)
        forge(copy, plan.context.name, column, values)
        forged = open_store(f"sqlite:///{copy}", contexts=(plan.context,), **options())
        faults = {finding.fault for finding in verify(forged)}
        assert faults - {Fault.SCHEMA}, column
        forged.dispose()
