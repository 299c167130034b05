"""References of a host's aggregates: an unknown id is refused alike in every store."""

from enum import auto
from typing import Any, TypeAlias

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host, stores_of
from tests.web.harness import Web, saved

from indelible.declare import (
    Aggregate,
    Context,
    Count,
    Identifier,
    OneLine,
    States,
    Text,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.kernel.lifecycle import Lifecycle
from indelible.memory.store import MemoryStore
from indelible_sql import (
    Fault,
    open_store,
    rebuild,
    verify,
)
from indelible_sql.schema.own_upgrade import OwnTableDiffers
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

__all__ = ["host"]  # the fixture

AnyStore: TypeAlias = Any  # of memory, or of a database
MAYA = Actor.user("maya")


class Known(States):
    """The only state of a customer, and of a parcel."""

    OPEN = auto()


class Status(States):
    """The states of shipments."""

    OPEN = auto()
    SENT = auto()


@aggregate(final=(Known.OPEN,))
class Customer(Aggregate):
    """A customer."""

    status: Known
    name: OneLine

    @creates(Known.OPEN)
    def register(self, name: OneLine) -> None: ...


@aggregate(final=(Status.SENT,))
class Shipment(Aggregate):
    """A shipment to a customer, perhaps a part of a larger one."""

    status: Status
    number: Identifier = field(unique=True)
    customer: Identifier = field(references=Customer, fixed_in=(Status.SENT,))
    part_of: Identifier | None = field(references="Shipment", fixed_once_set=True)

    @creates(Status.OPEN)
    def plan(
        self, number: Identifier, customer: Identifier, part_of: Identifier | None = None
    ) -> None: ...
    @action(Status.OPEN)
    def redirect(self, customer: Identifier) -> None: ...
    @action(Status.OPEN, Status.SENT)
    def join(self, part_of: Identifier) -> None: ...
    @action(Status.OPEN, to=Status.SENT)
    def send(self) -> None: ...


customers = Context(Customer)
shipments = Context(Shipment, filters=("customer",))
OWN = (shipments, customers)  # in another order than that of the references


def opened(url: str, owner_url: str, contexts: tuple[Any, ...] = OWN) -> AnyStore:
    store = open_store(url, contexts=contexts, policy=POLICY)
    store.upgrade(owner_url)
    return store


store = stores_of(*OWN, postgresql=pytest.mark.slow)


def run(store: AnyStore, command: Command[Any]) -> Head[Any]:
    context: Any = customers if command.action.entity is Customer else shipments
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason="a test")
    return head


def refusal(store: AnyStore, command: Command[Any]) -> str:
    with pytest.raises(IndelibleError) as refused:
        run(store, command)
    return refused.value.code


@pytest.mark.slow
def test_an_unknown_target_is_refused(store: AnyStore) -> None:
    ann = run(store, Customer.register(name="Ann"))
    assert refusal(store, Shipment.plan(number="S-1", customer="x")) == "CUSTOMER_NOT_FOUND"
    first = run(store, Shipment.plan(number="S-1", customer=ann.id))
    lost = Shipment.plan(number="S-2", customer=ann.id, part_of="x")
    assert refusal(store, lost) == "SHIPMENT_NOT_FOUND"
    second = run(store, Shipment.plan(number="S-2", customer=ann.id, part_of=first.id))
    assert second.entity.part_of == first.id

    assert refusal(store, Shipment.redirect(second, customer="x")) == "CUSTOMER_NOT_FOUND"
    # A shipment is no customer.
    assert refusal(store, Shipment.redirect(second, customer=first.id)) == "CUSTOMER_NOT_FOUND"
    bob = run(store, Customer.register(name="Bob"))
    run(store, Shipment.redirect(second, customer=bob.id))
    assert len(store.read(shipments.list, customer=bob.id)) == 1


@pytest.mark.slow
def test_what_is_taken_or_stale_is_reported_before_what_is_unknown(store: AnyStore) -> None:
    ann = run(store, Customer.register(name="Ann"))
    first = run(store, Shipment.plan(number="S-1", customer=ann.id))
    both = Shipment.plan(number="S-1", customer="x")
    assert refusal(store, both) == "SHIPMENT_NUMBER_TAKEN"
    run(store, Shipment.redirect(first, customer=ann.id))
    assert refusal(store, Shipment.redirect(first, customer="x")) == "STALE"


@pytest.mark.slow
def test_many_at_once_are_refused_for_one_unknown_target(store: AnyStore) -> None:
    ann = run(store, Customer.register(name="Ann"))
    commands = [Shipment.plan(number=f"S-{n}", customer=ann.id) for n in range(5)]
    heads = store.run(shipments.execute_many, commands, actor=MAYA, reason="a test")
    targets = [ann.id, ann.id, "x", ann.id, ann.id]
    changes = [
        Shipment.redirect(head, customer=target)
        for head, target in zip(heads, targets, strict=True)
    ]
    with pytest.raises(IndelibleError) as refused:
        store.run(shipments.execute_many, changes, actor=MAYA, reason="a test")
    assert refused.value.code == "CUSTOMER_NOT_FOUND"
    births = [Shipment.plan(number=f"T-{target}", customer=target) for target in (ann.id, "y")]
    with pytest.raises(IndelibleError) as refused:
        store.run(shipments.execute_many, births, actor=MAYA, reason="a test")
    assert refused.value.code == "CUSTOMER_NOT_FOUND"
    assert store.read(shipments.list) == tuple(sorted(heads, key=lambda head: head.id))


@pytest.mark.slow
def test_a_field_is_kept_once_set_and_fixed_from_a_state(store: AnyStore) -> None:
    ann = run(store, Customer.register(name="Ann"))
    first = run(store, Shipment.plan(number="S-1", customer=ann.id))
    second = run(store, Shipment.plan(number="S-2", customer=ann.id))
    sent = run(store, Shipment.send(second))
    sent = run(store, Shipment.join(sent, part_of=first.id))
    assert refusal(store, Shipment.join(sent, part_of=second.id)) == "FIELD_FIXED"
    assert run(store, Shipment.join(sent, part_of=first.id)).seq == 4


STEP = "seq = seq + 1, updated_at = '2999-01-01T00:00:00.000000+00:00'"


@pytest.mark.slow
def test_raw_references_are_refused(host: HostDatabase) -> None:
    store = opened(host.url, host.owner_url)
    ann = run(store, Customer.register(name="Ann"))
    run(store, Shipment.plan(number="S-1", customer=ann.id))
    engine = create_engine(host.owner_url)  # on SQLite without foreign keys
    columns = "status, seq, hash, created_at, updated_at"
    attacks = {
        "customer": f"UPDATE shipments SET customer = 'x', {STEP}",
        "part": f"UPDATE shipments SET part_of = 'x', {STEP}",
        "insert": f"INSERT INTO shipments (id, {columns}, number, customer)"
        f" SELECT 'copy', {columns}, 'S-2', 'x' FROM shipments",
        "target": "DELETE FROM customers",
        "other id": f"UPDATE customers SET id = 'x', {STEP}",
    }
    for name, attack in attacks.items():
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(attack))
        assert len(store.read(shipments.list, customer=ann.id)) == 1, name
    rebuild(store, host.owner_url)
    assert verify(store) == ()
    store.dispose()
    engine.dispose()


@pytest.mark.slow
def test_verify_finds_an_unknown_target(sqlite_url: str) -> None:
    store = opened(sqlite_url, sqlite_url)
    ann = run(store, Customer.register(name="Ann"))
    shipment = run(store, Shipment.plan(number="S-1", customer=ann.id))
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.scalars(triggers).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("DELETE FROM customers"))
    engine.dispose()
    findings = verify(store)
    unknown = [one for one in findings if one.detail == "field customer has an unknown id"]
    assert [(one.fault, one.table, one.entity_id) for one in unknown] == [
        (Fault.HEAD, "shipments", shipment.id)
    ]
    store.dispose()


def parcel_context(*, refers: bool) -> Context[Any]:
    """Return the context of parcels, before or after they refer to a customer."""

    @aggregate(final=(Known.OPEN,))
    class Parcel(Aggregate):
        """A parcel."""

        lifecycle = Lifecycle(name="parcel")
        status: Known
        customer: Identifier | None = field(references=Customer if refers else "")

        @creates(Known.OPEN)
        def pack(self, customer: Identifier | None = None) -> None: ...

    return Context(Parcel)


@pytest.mark.slow
def test_a_reference_is_added_to_a_table_whose_rows_fulfill_it(host: HostDatabase) -> None:
    before, after = parcel_context(refers=False), parcel_context(refers=True)
    store = opened(host.url, host.owner_url, (customers, before))
    ann = run(store, Customer.register(name="Ann"))
    pack: Any = before.aggregate
    store.run(before.execute, pack.pack(customer=ann.id), actor=MAYA, reason="a test")
    store.dispose()

    store = opened(host.url, host.owner_url, (after, customers))
    store.upgrade(host.owner_url)
    pack = after.aggregate
    with pytest.raises(IndelibleError) as refused:
        store.run(after.execute, pack.pack(customer="x"), actor=MAYA, reason="a test")
    assert refused.value.code == "CUSTOMER_NOT_FOUND"
    assert verify(store) == ()
    store.dispose()


@pytest.mark.slow
def test_a_reference_that_a_row_does_not_fulfill_is_not_added(host: HostDatabase) -> None:
    before, after = parcel_context(refers=False), parcel_context(refers=True)
    store = opened(host.url, host.owner_url, (customers, before))
    pack: Any = before.aggregate
    store.run(before.execute, pack.pack(customer="x"), actor=MAYA, reason="a test")
    store.dispose()
    with pytest.raises(OwnTableDiffers, match="1 rows have an unknown id in customer"):
        opened(host.url, host.owner_url, (after, customers))


def test_a_store_needs_the_contexts_that_others_refer_to(sqlite_url: str) -> None:
    for make in (
        lambda: MemoryStore(contexts=(shipments,)),
        lambda: open_store(sqlite_url, contexts=(shipments,)),
    ):
        with pytest.raises(UsageError, match="field customer of shipments refers to Customer"):
            make()


def test_a_wrong_reference_or_fixed_field_is_refused() -> None:
    other: Any = Customer
    with pytest.raises(UsageError) as refused:

        @aggregate(final=(Status.SENT,))
        class Bad(Aggregate):  # pyright: ignore[reportUnusedClass] # it is refused
            """A shipment."""

            status: Status
            weight: Count = field(references=other)
            note: Text | None = field(references="Other")
            owner: Identifier | None = field(references=States)
            label: Identifier = field(fixed_once_set=True)
            code: Identifier = field(fixed_in=(Status.OPEN,))

            @creates(Status.OPEN)
            def plan(
                self,
                weight: Count,
                label: Identifier,
                code: Identifier,
                note: Text | None = None,
                owner: Identifier | None = None,
            ) -> None: ...
            @action(Status.OPEN, to=Status.SENT)
            def send(self, code: Identifier) -> None: ...

    for problem in (
        "field weight cannot have an id: its kind is no Identifier",
        "field note refers to 'Other': expected a class, or 'Bad'",
        "field owner refers to States, which is no aggregate",
        "field label is never empty",
        "action send sets field code, which is fixed in OPEN",
    ):
        assert problem in str(refused.value)


@pytest.mark.slow
def test_an_unknown_target_is_not_found_over_http() -> None:
    store: AnyStore = MemoryStore(contexts=OWN, policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(customers), own_context(shipments)))
    key = web.new_key("customers:write", "shipments:write")
    body = {"reason": "a test", "number": "S-1", "customer": "x"}
    answer = web.post("/v1/shipments", json=body, key=key)
    problem: Any = answer.json
    assert (answer.status_code, problem["code"]) == (404, "CUSTOMER_NOT_FOUND")
    made = web.post("/v1/customers", json={"reason": "a test", "name": "Ann"}, key=key)
    body["customer"] = saved(made, 201)["id"]
    assert saved(web.post("/v1/shipments", json=body, key=key), 201)["part_of"] is None
