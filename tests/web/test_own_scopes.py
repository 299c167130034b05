"""The scopes of a host's context are its name with a verb, so no two contexts share one."""

from collections.abc import Generator
from enum import auto
from typing import Any

import pytest
from tests.conftest import POLICY
from tests.web.console.own_site import member_of, own_site
from tests.web.harness import Web, saved

from indelible.declare import Aggregate, Context, Identifier, States, action, aggregate, creates
from indelible.kernel.keys import list_keys
from indelible_sql import open_store
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context, scopes_of


class Phase(States):
    """The states of an order."""

    DRAFT = auto()
    PAID = auto()


@aggregate(final=(Phase.PAID,))
class Order(Aggregate):
    """A purchase order."""

    status: Phase
    number: Identifier

    @creates(Phase.DRAFT)
    def draft(self, number: Identifier) -> None: ...
    @action(Phase.DRAFT, to=Phase.PAID)
    def pay(self) -> None: ...


class Filing(States):
    """The only state of a bill."""

    FILED = auto()


@aggregate(final=(Filing.FILED,))
class Bill(Aggregate):
    """A bill, in a context whose name differs from that of orders only by what is no letter."""

    status: Filing
    number: Identifier

    @creates(Filing.FILED)
    def file(self, number: Identifier) -> None: ...


orders = Context(Order, name="q3_purchase_orders_2026")
bills = Context(Bill, name="qpurchaseorders")
CONTEXTS_OF_HOST = (orders, bills)
PATH = "/v1/q3-purchase-orders-2026"
WRITE = "q3_purchase_orders_2026:write"
READ = "q3_purchase_orders_2026:read"
BODY = {"number": "O-1", "reason": "a call"}


@pytest.fixture(
    params=[
        "sqlite_url",
        pytest.param("postgresql_url", marks=pytest.mark.dose),
    ]
)
def store(request: pytest.FixtureRequest) -> Generator[Any]:
    if request.param == "sqlite_url":
        url = owner_url = request.getfixturevalue("sqlite_url")
    else:
        database = request.getfixturevalue("database")
        url, owner_url = database.url, database.owner_url
    opened = open_store(url, contexts=CONTEXTS_OF_HOST, policy=POLICY)
    opened.upgrade(owner_url)
    yield opened
    opened.dispose()


@pytest.fixture
def web(store: Any) -> Web:  # noqa: ANN401 - of each kind
    own = tuple(own_context(context) for context in CONTEXTS_OF_HOST)
    return Web(store, contexts=(*CONTEXTS, *own))


def test_a_scope_is_the_name_of_the_context_and_a_verb(web: Web) -> None:
    assert scopes_of(orders) == (READ, WRITE)
    writer, reader = web.new_key(WRITE), web.new_key(READ)
    order = saved(web.post(PATH, json=BODY, key=writer), 201)

    paid = web.post(f"{PATH}/{order['id']}/pay", json={"reason": "a call"}, key=writer, seq=1)
    assert saved(paid, 200)["status"] == "PAID"
    assert saved(web.get(f"{PATH}/{order['id']}", key=reader), 200)["status"] == "PAID"
    refused = web.post(PATH, json=BODY, key=reader)
    assert refused.status_code == 403
    assert refused.get_json()["fields"] == {"scopes": [WRITE]}
    assert web.document["paths"][PATH]["post"]["security"] == [{"key": [WRITE]}]

    assert not {*scopes_of(orders)} & {*scopes_of(bills)}
    key = web.new_key(*scopes_of(bills))

    assert saved(web.post("/v1/qpurchaseorders", json=BODY, key=key), 201)["number"] == "O-1"
    assert web.get(PATH, key=key).status_code == 403
    assert web.post(PATH, json=BODY, key=key).status_code == 403


def test_the_console_creates_a_key_with_the_scopes_of_a_context() -> None:
    site = own_site(*CONTEXTS_OF_HOST)
    member = member_of(site, scopes=("console", "keys:write", READ, WRITE))
    member.get("/console/keys/new")
    offered = [
        attributes["value"]
        for _, attributes in member.page.tags
        if attributes.get("name") == "scopes"
    ]
    assert {READ, WRITE} <= {*offered}

    sent = member.send("/new", None, scopes=[READ, WRITE], reason="for a script")
    assert sent.status_code == 201
    newest = max(site.store.read(list_keys), key=lambda one: one.key.created_at)
    assert newest.key.scopes == (READ, WRITE)
    assert f"/console/{PATH.removeprefix('/v1/')}" in member.page.links
