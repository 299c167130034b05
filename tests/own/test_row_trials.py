"""The suites of a host draw, forge and attack the rows that actions append."""

import sqlite3
from contextlib import closing
from enum import auto

import pytest
from tests.conftest import POLICY
from tests.own.generated.walking import walked
from tests.own.played import play

from indelible.declare import (
    Aggregate,
    AppendedRecord,
    Context,
    Fields,
    Identifier,
    OneLine,
    States,
    Texts,
    action,
    aggregate,
    creates,
    field,
    record,
)
from indelible.testing.own import conformance
from indelible_sql import SqlStore, open_store
from indelible_sql.testing.attacks import attack, attacks_on
from indelible_sql.testing.forgeries import Forger

SEED = 37


class Open(States):
    """The only state."""

    OPEN = auto()


@aggregate(final=(Open.OPEN,))
class Product(Aggregate):
    """A product."""

    status: Open
    name: OneLine

    @creates(Open.OPEN)
    def offer(self, name: OneLine) -> None: ...


@record(actor_field="added_by")
class Line(AppendedRecord):
    """A line of a list."""

    product: Identifier = field(references=Product)
    note: OneLine
    added_by: Identifier


@aggregate(final=(Open.OPEN,))
class Shopping(Aggregate):
    """A list of products."""

    status: Open
    title: OneLine

    @creates(Open.OPEN, appends=Line, max_rows=3)
    def begin(self, title: OneLine, product: Identifier, notes: Texts) -> Fields:  # noqa: ARG002 - a plain field
        """Begin with lines of one product."""
        return {"line": [{"product": product, "note": note} for note in notes]}

    @action(Open.OPEN, appends=Line)
    def add(self, product: Identifier, note: OneLine) -> None: ...


@record
class Offer(AppendedRecord):
    """An offer for a trip; its `target` is a product."""

    target: Identifier = field(references=Product)


@record
class Stop(AppendedRecord):
    """A stop of a trip; its `target` is a list."""

    target: Identifier = field(references=Shopping)


@aggregate(final=(Open.OPEN,))
class Trip(Aggregate):
    """A trip, with rows of two kinds whose references have one name."""

    status: Open

    @creates(Open.OPEN)
    def plan(self) -> None: ...

    @action(Open.OPEN, appends=Offer)
    def see(self, target: Identifier) -> None: ...

    @action(Open.OPEN, appends=Stop)
    def stop(self, target: Identifier) -> None: ...


products = Context(Product)
lists = Context(Shopping, name="shoppings")


def opened(url: str) -> SqlStore:
    """Return a store with the contexts, whose tables are made."""
    store = open_store(url, contexts=(products, lists), policy=POLICY)
    store.upgrade()
    return store


def test_a_reference_of_a_row_is_drawn_from_the_aggregates_that_exist() -> None:
    walk = play(conformance(lists, others=(products,)))

    assert set(walk.taken) == {("", "begin"), ("OPEN", "add")}


def test_references_of_one_name_in_two_kinds_of_rows_have_their_own_targets() -> None:
    walk = play(conformance(Context(Trip), others=(products, lists)))

    assert set(walk.taken) == {("", "plan"), ("OPEN", "see"), ("OPEN", "stop")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trigger", "accepted"),
    [
        ("history_needs_shopping_lines", "add from OPEN, with rows of line from number 2"),
        ("history_needs_count_of_shopping_lines", "add from OPEN, with too many rows of line"),
        ("history_needs_added_by_of_shopping_lines", "add from OPEN, with another added_by"),
        ("shopping_lines_product_exists", "add from OPEN, with an unknown id as product"),
    ],
)
def test_forged_rows_are_accepted_without_their_guard(
    sqlite_url: str, trigger: str, accepted: str
) -> None:
    store = opened(sqlite_url)
    _, walk = walked(store, (products, lists), SEED)
    guarded = Forger(walk=walk)
    guarded.forge_all()
    assert guarded.accepted == []
    store.dispose()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(f"DROP TRIGGER {trigger}")

    forger = Forger(walk=walk)
    forger.forge_all()
    assert [one for one in forger.accepted if one.startswith(accepted)]
    store.dispose()


@pytest.mark.slow
def test_a_row_of_the_last_change_is_accepted_without_its_guard(sqlite_url: str) -> None:
    store = opened(sqlite_url)
    walked(store, (products, lists), SEED)
    store.dispose()
    assert attack(sqlite_url, attacks_on(lists, "")).accepted == ()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("DROP TRIGGER shopping_lines_in_change")

    accepted = attack(sqlite_url, attacks_on(lists, "")).accepted
    assert [one for one in accepted if "last_seq, number + 100000" in one]
