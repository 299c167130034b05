"""A field that gets the reason of an action, which every command has, in every store."""

from collections.abc import Callable
from enum import auto
from typing import Any, TypeAlias

import pytest
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host, stores_of
from tests.own.generated.walking import walked
from tests.own.played import play
from tests.web.harness import Web, saved

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    Label,
    OneLine,
    States,
    Text,
    Version,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.kernel.aggregates import save_change
from indelible.memory.store import MemoryStore
from indelible.testing.own import conformance
from indelible_sql import SqlStore, open_store
from indelible_sql.testing.forgeries import Forger
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

__all__ = ["host"]  # the fixture

AnyStore: TypeAlias = Any  # of memory, or of a database
MAYA = Actor.user("maya")
SEED = 37


class Status(States):
    """The states of a claim."""

    OPEN = auto()
    REJECTED = auto()
    PAID = auto()


@aggregate(final=(Status.PAID,))
class Claim(Aggregate):
    """A claim that is rejected for a reason, which lists show."""

    status: Status
    opened_for: Label = field(reason_of="open")
    rejection: OneLine | None = field(required_in=(Status.REJECTED,), reason_of="reject")
    last_decision: Label | None = field(reason_of=("reject", "pay"))

    @creates(Status.OPEN)
    def open(self) -> None: ...
    @action(Status.OPEN, to=Status.REJECTED)
    def reject(self) -> None: ...
    @action(Status.REJECTED, to=Status.OPEN, empties=("rejection",))
    def reopen(self) -> None: ...
    @action(Status.OPEN, to=Status.PAID)
    def pay(self) -> None: ...


claims = Context(Claim, search=("rejection",))


def opened(database: HostDatabase) -> SqlStore:
    """Return a store in a database, whose table is made."""
    store = open_store(database.url, contexts=(claims,), policy=POLICY)
    store.upgrade(database.owner_url)
    return store


store = stores_of(claims, postgresql=pytest.mark.slow)


def run(store: AnyStore, command: Command[Any], reason: str) -> Head[Any]:
    head: Head[Any] = store.run(claims.execute, command, actor=MAYA, reason=reason)
    return head


@pytest.mark.slow
def test_a_field_gets_the_reason_of_each_of_its_actions(store: AnyStore) -> None:
    claim = run(store, Claim.open(), "a broken window")
    assert (claim.entity.opened_for, claim.entity.last_decision) == ("a broken window", None)
    claim = run(store, Claim.reject(claim), "No receipt")
    assert (claim.entity.rejection, claim.entity.last_decision) == ("No receipt", "No receipt")
    assert [head.id for head in store.read(claims.search, "RECEIPT")] == [claim.id]
    claim = run(store, Claim.reopen(claim), "it came later")
    assert (claim.entity.rejection, claim.entity.last_decision) == (None, "No receipt")
    (claim,) = store.run(claims.execute_many, [Claim.pay(claim)], actor=MAYA, reason="complete")
    assert claim.entity.last_decision == "complete"
    assert claim.entity.opened_for == "a broken window"


@pytest.mark.slow
def test_the_longest_reason_fits(store: AnyStore) -> None:
    longest = "ö" * 1_000
    claim = run(store, Claim.open(), longest)
    assert run(store, Claim.reject(claim), longest).entity.rejection == longest


@pytest.mark.slow
def test_another_text_is_refused_before_the_database_is_asked(store: AnyStore) -> None:
    claim = run(store, Claim.open(), "a broken window")
    other: Any = claim.entity.transition(
        "reject", now=claim.entity.updated_at, rejection="a", last_decision="No receipt"
    )
    with (
        pytest.raises(IndelibleError) as error,
        store.transaction(actor=MAYA, reason="No receipt") as tx,
    ):
        save_change(tx, claims.of(tx), claim, other, "reject")
    assert error.value.code == "FIELD_NOT_REASON"
    assert "must be the reason of reject: expected No receipt, got a" in str(error.value)


@pytest.mark.slow
def test_the_database_refuses_a_forged_reason(host: HostDatabase) -> None:
    store = opened(host)
    forger = Forger(walk=walked(store, (claims,), SEED)[0])
    forger.forge_all()
    assert forger.accepted == []
    expected = {
        "open from nothing, with another reason as opened_for": "opened_for",
        "reject from OPEN, with another reason as rejection": "rejection",
        "reject from OPEN, with another reason as last_decision": "last_decision_by_reject",
        "pay from OPEN, with another reason as last_decision": "last_decision_by_pay",
    }
    for forgery, guard in expected.items():
        assert forger.refused[forgery] == f"history_names_{guard}_of_claims"
    store.dispose()


def test_the_suite_of_a_host_passes() -> None:
    walk = play(conformance(claims))
    assert {action for _, action in walk.taken} == {"open", "reject", "reopen", "pay"}


@pytest.mark.slow
def test_nobody_passes_the_reason_twice_over_http() -> None:
    store: AnyStore = MemoryStore(contexts=(claims,), policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(claims)))
    key = web.new_key("claims:write")
    made = saved(web.post("/v1/claims", json={"reason": "a window"}, key=key), 201)
    path = f"/v1/claims/{made['id']}/reject"
    body = {"reason": "No receipt"}
    assert saved(web.post(path, json=body, key=key, seq=1), 200)["rejection"] == "No receipt"
    refused = web.post("/v1/claims", json={"reason": "x", "opened_for": "y"}, key=key)
    assert refused.status_code == 422


def form(**fields: tuple[Any, Any]) -> type[Aggregate]:
    """Declare a form with these fields: each a kind and a rule."""

    class Form(Aggregate):
        status: Status
        first: Label = field(reason_of="write")

        @creates(Status.OPEN)
        def write(self) -> None: ...
        @action(Status.OPEN, to=Status.REJECTED)
        def reject(self, first: Label) -> None: ...
        @action(Status.REJECTED, to=Status.PAID)
        def pay(self) -> None: ...

    for name, (kind, rule) in fields.items():
        Form.__annotations__[name] = kind
        setattr(Form, name, rule)
    return aggregate(final=(Status.PAID,))(Form)


WRONG: dict[str, Callable[[], object]] = {
    "field other cannot have every reason: its kind is neither OneLine nor Label": lambda: form(
        other=(Identifier, field(reason_of="write"))
    ),
    "field text cannot have every reason: its kind is neither OneLine nor Label": lambda: form(
        text=(Text, field(reason_of="write"))
    ),
    "field other gets the actor and the reason of actions: declare two fields": lambda: form(
        other=(OneLine, field(reason_of="write", actor_of="reject"))
    ),
    "unknown action: sell": lambda: form(other=(OneLine | None, field(reason_of="sell"))),
    "field other and field first both get the reason of write": lambda: form(
        other=(Label, field(reason_of="write", differs_from="first"))
    ),
    "field edition counts the values of other, which action reject stamps": lambda: form(
        other=(Label | None, field(reason_of="reject")),
        edition=(Version, field(version_of=("first", "other"))),
    ),
    "action reject sets field other, which REJECTED excludes": lambda: form(
        other=(Label | None, field(required_in=(Status.PAID,), reason_of="reject"))
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_reason_is_refused(message: str) -> None:
    with pytest.raises(UsageError) as error:
        WRONG[message]()
    lines = [line for line in str(error.value).splitlines() if message in line]
    assert len(lines) == 1, str(error.value)
    assert f"{__file__}:" in lines[0]


def test_a_parameter_cannot_be_the_reason() -> None:
    with pytest.raises(UsageError, match="gets its value by itself: nobody passes it"):

        @aggregate(final=(Status.PAID, Status.OPEN, Status.REJECTED))
        class Form(Aggregate):  # pyright: ignore[reportUnusedClass] # it is refused
            status: Status
            first: Label = field(reason_of="write")

            @creates(Status.OPEN)
            def write(self, first: Label) -> None: ...
