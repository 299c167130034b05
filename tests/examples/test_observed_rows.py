"""`observe` names everything that a declaration refuses about the rows of an older table."""

from collections.abc import Callable, Mapping
from enum import auto
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase
from tests.examples.helpdesk import Status, Ticket, mapping, tickets
from tests.examples.old_tickets import OLD_TICKETS, create_old_tickets, old_row, owner_engine
from tests.examples.parcels import Parcel, parcels

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    States,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, IndelibleError, UsageError
from indelible.kernel.actions import actions_of
from indelible_sql import FieldMapping, Observed, SqlStore, adopt, observe, open_store, verify

Open = Callable[[Context[Any]], SqlStore]
MAYA = Actor.user("maya")


class LabelStatus(States):
    """The states of a label."""

    STUCK = auto()


@aggregate(final=(LabelStatus.STUCK,), adopts=(LabelStatus.STUCK,))
class Label(Aggregate):
    """A label on a parcel."""

    status: LabelStatus
    parcel: Identifier = field(references=Parcel)

    @creates(LabelStatus.STUCK)
    def stick(self, parcel: Identifier) -> None: ...


labels = Context(Label)


@pytest.fixture
def store(opened: Open, host: HostDatabase) -> SqlStore:
    upgraded = opened(tickets)
    upgraded.upgrade(host.owner_url)
    return upgraded


def refusal(act: Callable[[], object]) -> IndelibleError:
    with pytest.raises(IndelibleError) as refused:
        act()
    return refused.value


def counts_of(observed: Observed) -> dict[tuple[str, str], int]:
    return {(one.code, one.field): one.count for one in observed.refusals}


@pytest.mark.slow
def test_rows_that_fulfill_every_rule_are_not_refused(store: SqlStore, host: HostDatabase) -> None:
    create_old_tickets(host, *(old_row(number) for number in range(1, 8))).dispose()

    observed = observe(store, tickets, OLD_TICKETS, mapping=mapping)
    assert observed == Observed(rows=7, adopted_rows=0, refused_rows=0, refusals=())
    assert observe(store, tickets, "old_tickets", mapping=mapping) == observed
    assert store.read(tickets.list) == ()
    assert verify(store) == ()


def test_each_rule_counts_its_rows_and_has_examples(store: SqlStore, host: HostDatabase) -> None:
    store.run(tickets.execute, Ticket.open(number="T-90", title="x"), actor=MAYA, reason="a test")
    create_old_tickets(
        host,
        old_row(3),
        old_row(6, title="x" * 1_001, assignee="bob"),
        old_row(9, title="y" * 1_001),
        old_row(10, assignee=None),
        old_row(11, state="lost"),
        old_row(12, number="has space"),
        old_row(15, number="T-3"),
        old_row(18, number="T-90"),
    ).dispose()

    observed = observe(store, tickets, "old_tickets", mapping=mapping, examples=1)
    assert counts_of(observed) == {
        ("TEXT_TOO_LONG", "title"): 2,
        ("FIELD_NOT_OF_STATE", "assignee"): 2,
        ("STATE_NOT_ADOPTED", ""): 1,
        ("TEXT_HAS_CONTROLS", "number"): 1,
        ("TICKET_NUMBER_TAKEN", ""): 2,
    }
    assert (observed.rows, observed.refused_rows) == (8, 7)
    (example,) = observed.refusals[1].examples
    assert example.key == "6"
    assert "1000 characters" in example.message


def test_a_mapping_that_fails_is_a_refusal_of_its_row(store: SqlStore, host: HostDatabase) -> None:
    create_old_tickets(host, old_row(3), old_row(4)).dispose()
    states = {"open": Status.OPEN}
    failing: FieldMapping = {**mapping, "status": lambda row: states[row["state"]]}

    observed = observe(store, tickets, "old_tickets", mapping=failing)
    assert counts_of(observed)["MAPPING_FAILED", "status"] == 1
    naive = observe(store, tickets, "old_tickets", mapping={**mapping, "opened_at": "created"})
    assert counts_of(naive) == {("INSTANT_OUT_OF_RANGE", "opened_at"): 2}
    number = observe(store, tickets, "old_tickets", mapping={**mapping, "title": "id"})
    assert counts_of(number) == {("WRONG_TYPE", "title"): 2}


def test_an_id_has_one_row(store: SqlStore, host: HostDatabase) -> None:
    opening = Ticket.open(number="T-90", title="x")
    ticket = store.run(tickets.execute, opening, actor=MAYA, reason="a test")
    create_old_tickets(host, old_row(3, assignee=None), old_row(6), old_row(9)).dispose()
    ids: Mapping[int, str] = {3: "same", 6: "same", 9: ticket.id}

    with_ids: FieldMapping = {**mapping, "id": lambda row: ids[row["id"]]}
    observed = observe(store, tickets, "old_tickets", mapping=with_ids)
    assert counts_of(observed) == {("ROW_KEY_TAKEN", ""): 2}


@pytest.mark.slow
def test_what_cannot_be_adopted_is_refused_before_a_row_is_read(
    store: SqlStore, host: HostDatabase, opened: Open
) -> None:
    create_old_tickets(host).dispose()
    keyless = Table("keyless", MetaData(), Column("number", Text))
    engine = owner_engine(host)
    with engine.begin() as connection:
        keyless.create(connection)
    engine.dispose()
    look = partial(observe, store, tickets)
    unmapped: FieldMapping = {"status": "state"}

    def code(act: Callable[[], object]) -> str:
        return refusal(act).code

    assert code(partial(look, "missing")) == "SOURCE_MISSING"
    assert code(partial(look, Ticket)) == "SOURCE_MISSING"
    assert code(partial(look, keyless)) == "SOURCE_KEY_MISSING"
    assert code(partial(look, "old_tickets", mapping=unmapped)) == "FIELD_NOT_MAPPED"
    wrong: FieldMapping = {**mapping, "title": "name"}
    assert code(partial(look, "old_tickets", mapping=wrong)) == "SOURCE_COLUMN_MISSING"
    unknown: FieldMapping = {**mapping, "created_at": "created"}
    assert code(partial(look, "old_tickets", mapping=unknown)) == "MAPPED_FIELD_UNKNOWN"
    for count in (0, 1_001):
        many = partial(look, "old_tickets", mapping=mapping, examples=count)
        assert code(many) == "NUMBER_OUT_OF_RANGE"
    with pytest.raises(UsageError):
        observe(store, parcels, "old_tickets")

    other = opened(parcels)
    assert code(partial(observe, other, parcels, "old_tickets")) == "LIFECYCLE_DIFFERS"
    other.upgrade(host.owner_url)
    assert code(partial(observe, other, parcels, "old_tickets")) == "ADOPTS_NOTHING"
    fresh = opened(tickets)
    assert code(partial(observe, fresh, tickets, "missing")) == "SOURCE_MISSING"


def test_a_key_of_several_columns_is_one_text(store: SqlStore, host: HostDatabase) -> None:
    pairs = Table(
        "pairs",
        MetaData(),
        Column("year", Integer, primary_key=True),
        Column("number", Text, primary_key=True),
    )
    engine = owner_engine(host)
    with engine.begin() as connection:
        pairs.create(connection)
        connection.execute(
            pairs.insert(),
            [{"year": year, "number": number} for year in (1, 2) for number in ("a/b", "a", "%")],
        )
        if engine.dialect.name == "postgresql":
            connection.execute(text("GRANT SELECT ON pairs TO indelible_app"))
    engine.dispose()
    constant: FieldMapping = {
        "status": lambda _: "LOST",
        "title": "number",
        "number": lambda row: f"{row['year']}-{row['number']}",
        "opened_at": lambda _: None,
    }

    observed = observe(store, tickets, "pairs", mapping=constant)
    keys = [example.key for example in observed.refusals[0].examples]
    assert sorted(keys) == ["1/%25", "1/a", "1/a%2Fb", "2/%25", "2/a", "2/a%2Fb"]


def test_no_command_takes_an_edge_of_adoption() -> None:
    edges = [edge.action for edge in Ticket.lifecycle.edges if edge.from_state == ""]
    assert edges == ["open", "adopt_open", "adopt_assigned", "adopt_closed"]
    assert list(actions_of(Ticket)) == ["open", "rename", "assign", "close"]


@pytest.mark.slow
def test_a_reference_to_an_unknown_aggregate_is_a_refusal(
    host: HostDatabase,
) -> None:
    store = open_store(host.url, contexts=(parcels, labels), policy=POLICY)
    store.upgrade(host.owner_url)
    pack = Parcel.pack(label="P-1")
    parcel = store.run(parcels.execute, pack, actor=MAYA, reason="a test")
    engine = create_old_tickets(host, old_row(3, number=parcel.id), old_row(6, number="missing"))
    columns: FieldMapping = {"status": lambda _: LabelStatus.STUCK, "parcel": "number"}

    observed = observe(store, labels, "old_tickets", mapping=columns)
    assert counts_of(observed) == {("PARCEL_NOT_FOUND", ""): 1}
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM old_tickets WHERE id = 6"))
    engine.dispose()
    adopt(
        store,
        labels,
        "old_tickets",
        mapping=columns,
        actor=MAYA,
        reason="a test",
        owner_url=host.owner_url,
    )
    assert store.read(labels.get, "3").entity.parcel == parcel.id
    assert verify(store) == ()
    store.dispose()
