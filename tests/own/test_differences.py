"""A field that differs from another one: somebody else approves, in every store."""

from collections.abc import Callable
from decimal import Decimal
from enum import auto
from typing import Annotated, Any, TypeAlias

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host, stores_of
from tests.own.played import play
from tests.web.harness import Web

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    Natural,
    OneLine,
    States,
    Text,
    Texts,
    action,
    aggregate,
    creates,
    decimal_kind,
    field,
)
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.kernel.lifecycle import Lifecycle
from indelible.memory.store import MemoryStore
from indelible.testing.own import conformance
from indelible_sql import SqlStore, check_lifecycle, open_store, verify
from indelible_sql.schema.own_upgrade import OwnTableDiffers
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

__all__ = ["host"]  # the fixture

AnyStore: TypeAlias = Any  # of memory, or of a database
MAYA, NOOR = Actor.user("maya"), Actor.user("noor")
LATER = "seq = seq + 1, updated_at = '2999-01-01T00:00:00.000000+00:00'"


class Status(States):
    """The states of an order."""

    OPEN = auto()
    APPROVED = auto()


@aggregate(final=(Status.APPROVED,))
class Purchase(Aggregate):
    """An order that somebody else than its buyer approves."""

    status: Status
    title: OneLine
    buyer: Identifier = field(actor_of="draft")
    approver: Identifier | None = field(
        required_in=(Status.APPROVED,), actor_of="approve", differs_from="buyer"
    )
    note: Text | None = field(differs_from=("title", "buyer"))
    replaces: Identifier | None = field(references="Purchase", differs_from="id")

    @creates(Status.OPEN)
    def draft(self, title: OneLine, note: Text | None = None) -> None: ...
    @action(Status.OPEN)
    def replace(self, replaces: Identifier) -> None: ...
    @action(Status.OPEN)
    def annotate(self, note: Text | None) -> None: ...
    @action(Status.OPEN, to=Status.APPROVED)
    def approve(self) -> None: ...


purchases = Context(Purchase)


store = stores_of(purchases, postgresql=pytest.mark.slow)


def opened(database: Any, context: Context[Any] = purchases) -> SqlStore:  # noqa: ANN401 - with its URLs
    """Return a store in a database, whose table is made or added to."""
    store = open_store(database.url, contexts=(context,), policy=POLICY)
    store.upgrade(database.owner_url)
    return store


def run(store: AnyStore, command: Command[Any], actor: Actor = MAYA) -> Head[Any]:
    head: Head[Any] = store.run(purchases.execute, command, actor=actor, reason="a test")
    return head


def refusal(store: AnyStore, command: Command[Any]) -> str:
    with pytest.raises(IndelibleError) as error:
        run(store, command)
    return str(error.value)


@pytest.mark.slow
def test_the_buyer_cannot_approve_and_somebody_else_can(store: AnyStore) -> None:
    order = run(store, Purchase.draft(title="Pens"))
    expected = (
        f"FIELD_NOT_OF_STATE: Field approver of purchase {order.id} must be another than buyer,"
        " which is user:maya, in state APPROVED."
    )
    assert refusal(store, Purchase.approve(order)) == expected
    assert store.read(purchases.get, order.id) == order
    approved = run(store, Purchase.approve(order), NOOR)
    assert approved.entity.approver == "user:noor"


@pytest.mark.slow
def test_a_field_differs_from_each_of_several_fields_and_from_the_id(store: AnyStore) -> None:
    assert "another than title, which is Pens" in refusal(
        store, Purchase.draft(title="Pens", note="Pens")
    )
    order = run(store, Purchase.draft(title="Pens", note="pens"))
    assert "another than buyer" in refusal(store, Purchase.annotate(order, note="user:maya"))
    assert "another than id" in refusal(store, Purchase.replace(order, replaces=order.id))
    order = run(store, Purchase.annotate(order, note=None))
    other = run(store, Purchase.draft(title="Ink"))
    assert run(store, Purchase.replace(order, replaces=other.id)).entity.note is None


@pytest.mark.slow
def test_raw_sql_cannot_make_the_fields_equal(host: HostDatabase) -> None:
    store = opened(host)
    run(store, Purchase.draft(title="Pens"))
    store.dispose()
    engine = create_engine(host.owner_url)
    statement = text(f"UPDATE purchases SET status = 'APPROVED', approver = buyer, {LATER}")
    with pytest.raises(DBAPIError, match="purchases_approver_is_not_buyer"), engine.begin() as raw:
        raw.execute(statement)
    engine.dispose()


def test_the_suite_of_a_host_passes() -> None:
    walk = play(conformance(purchases))
    assert walk.refused["approve", "FIELD_NOT_OF_STATE"] > 0


@pytest.mark.slow
def test_the_refusal_is_422_over_http() -> None:
    store: AnyStore = MemoryStore(contexts=(purchases,), policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(purchases)))
    key = web.new_key("purchases:write")
    body = {"reason": "a test", "title": "Pens", "note": "Pens"}
    answer = web.post("/v1/purchases", json=body, key=key)
    problem: Any = answer.json
    assert (answer.status_code, problem["code"]) == (422, "FIELD_NOT_OF_STATE")


def later_context(*, differs: bool) -> Context[Any]:
    """Return the context of forms, before or after the approver differs from the author."""

    @aggregate(final=(Status.APPROVED,))
    class Form(Aggregate):
        """A form."""

        lifecycle = Lifecycle(name="form")
        status: Status
        author: Identifier = field(actor_of="write")
        approver: Identifier | None = field(
            required_in=(Status.APPROVED,),
            actor_of="approve",
            differs_from="author" if differs else (),
        )

        @creates(Status.OPEN)
        def write(self) -> None: ...
        @action(Status.OPEN, to=Status.APPROVED)
        def approve(self) -> None: ...

    return Context(Form)


def approved(store: SqlStore, context: Context[Any], actor: Actor) -> Head[Any]:
    """Return a form that maya has written, and an actor has approved."""
    form: Any = context.aggregate
    head = store.run(context.execute, form.write(), actor=MAYA, reason="a test")
    command = form.approve(head)
    return store.run(context.execute, command, actor=actor, reason="a test")


@pytest.mark.slow
def test_the_rule_is_added_to_rows_that_fulfill_it(host: HostDatabase) -> None:
    before, after = later_context(differs=False), later_context(differs=True)
    store = opened(host, before)
    approved(store, before, NOOR)
    assert check_lifecycle(store, after).refusals == 0
    store.dispose()

    store = opened(host, after)
    with pytest.raises(IndelibleError) as refused:
        approved(store, after, MAYA)
    assert refused.value.code == "FIELD_NOT_OF_STATE"
    assert verify(store) == ()
    store.dispose()


@pytest.mark.slow
def test_the_rule_is_not_added_to_rows_that_break_it(host: HostDatabase) -> None:
    before, after = later_context(differs=False), later_context(differs=True)
    store = opened(host, before)
    head = approved(store, before, MAYA)
    check = check_lifecycle(store, after)
    assert [(one.entity_id, one.seq) for one in check.refused] == [(head.id, 2)]
    assert "another than author, which is user:maya" in check.refused[0].problem
    store.dispose()
    expected = "1 rows do not fulfill condition forms_approver_is_not_author"
    with pytest.raises(OwnTableDiffers, match=expected):
        opened(host, after)
    store = open_store(host.url, contexts=(before,), policy=POLICY)
    assert verify(store) == ()
    store.dispose()


def form(**fields: tuple[Any, Any]) -> type[Aggregate]:
    """Declare a form with a title, and these fields: each a kind and a rule."""

    class Form(Aggregate):
        status: Status
        title: OneLine
        draft: OneLine | None = field(required_in=(Status.OPEN,))
        author: Identifier = field(actor_of=("write", "approve"))

        @creates(Status.OPEN)
        def write(self, title: OneLine, draft: OneLine) -> None: ...
        @action(Status.OPEN, to=Status.APPROVED)
        def approve(self) -> None: ...

    for name, (kind, rule) in fields.items():
        Form.__annotations__[name] = kind
        setattr(Form, name, rule)
    return aggregate(final=(Status.APPROVED,))(Form)


Price = Annotated[Decimal, decimal_kind(digits=6, places=2)]
Weight = Annotated[Decimal, decimal_kind(digits=6, places=3)]
WRONG: dict[str, Callable[[], object]] = {
    "field other differs from autor, which is no field": lambda: form(
        other=(OneLine, field(differs_from="autor"))
    ),
    "field other differs from itself": lambda: form(other=(OneLine, field(differs_from="other"))),
    "field other differs from a field twice": lambda: form(
        other=(OneLine, field(differs_from=("title", "title")))
    ),
    "field other and field title cannot be compared: they have different types": lambda: form(
        other=(Natural, field(differs_from="title"))
    ),
    "other is compared with price: compare a decimal with 0": lambda: form(
        price=(Price, field()), other=(Weight, field(differs_from="price"))
    ),
    "field other and field tags cannot be compared: their values are lists": lambda: form(
        tags=(Texts, field()), other=(Texts, field(differs_from="tags"))
    ),
    "field other and field draft have values in no common state": lambda: form(
        other=(OneLine | None, field(required_in=(Status.APPROVED,), differs_from="draft"))
    ),
    "field other and field author both get the actor of approve": lambda: form(
        other=(
            Identifier | None,
            field(allowed_in=(Status.APPROVED,), actor_of="approve", differs_from="author"),
        )
    ),
    "field other and field first have one default": lambda: form(
        first=(OneLine, field(default="none")),
        other=(OneLine, field(default="none", differs_from="first")),
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_difference_is_refused(message: str) -> None:
    with pytest.raises(UsageError) as error:
        WRONG[message]()
    lines = [line for line in str(error.value).splitlines() if message in line]
    assert len(lines) == 1, str(error.value)
    assert f"{__file__}:" in lines[0]
