"""Documents of a host's own entity, in its own table."""

from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from tests.conftest import POLICY
from tests.examples.drawings import DRAWING, DRAWINGS, HEADS, Drawing, migrate

from indelible.kernel import Actor
from indelible.kernel.aggregate_errors import FieldFixed
from indelible.kernel.aggregates import save_change
from indelible.kernel.json_objects import JsonObject
from indelible_sql import SqlAggregateRepository, SqlStore, SqlTransaction, open_store, verify

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Generator[SqlStore]:
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()

    opened = open_store(sqlite_url, lifecycles=(DRAWING,), policy=POLICY)
    yield opened
    opened.dispose()


def draw(tx: SqlTransaction, settings: object) -> None:
    node = {"x": 12.5, "tags": ["a", {"b": None}]}
    drawing = Drawing.create("draw", now=NOW, id="one", nodes=[node], settings=settings)
    save_change(tx, SqlAggregateRepository(tx.session, HEADS), None, drawing, "draw")


def redraw(tx: SqlTransaction, settings: object) -> None:
    drawings = SqlAggregateRepository(tx.session, HEADS)
    head = drawings.lock("one")
    drawing = head.entity.transition("redraw", now=tx.clock.now(), settings=settings)
    save_change(tx, drawings, head, drawing, "redraw")


def stored(store: SqlStore) -> Drawing:
    return store.read(lambda tx: SqlAggregateRepository(tx.session, HEADS).get("one").entity)


@pytest.mark.slow
def test_a_stored_document_is_read_frozen(store: SqlStore) -> None:
    store.run(draw, {"zoom": 0.5}, actor=Actor.user("maya"), reason="a test")
    drawing = stored(store)

    assert drawing.settings == {"zoom": 0.5}
    assert drawing.nodes[0]["tags"] == ("a", JsonObject.of({"b": None}))
    assert verify(store, heads={DRAWINGS: DRAWING}) == ()


def test_a_fixed_document_changes_to_no_value_that_only_resembles_it(store: SqlStore) -> None:
    store.run(draw, {"on": True}, actor=Actor.user("maya"), reason="a test")
    store.run(redraw, {"on": True}, actor=Actor.user("maya"), reason="a test")

    with pytest.raises(FieldFixed):
        store.run(redraw, {"on": 1}, actor=Actor.user("maya"), reason="a test")
    assert stored(store).settings["on"] is True
