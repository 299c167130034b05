"""The REST API of a host's context: routes, document and metrics follow from the declaration."""

from collections.abc import Generator
from enum import auto
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.conftest import POLICY
from tests.examples.orders import orders
from tests.examples.tickets import tickets
from tests.web.harness import Json, Web, saved

from indelible.declare import (
    Aggregate,
    Context,
    Count,
    States,
    action,
    aggregate,
    creates,
    field,
)
from indelible.memory.store import MemoryStore
from indelible_sql import open_store
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

OWN = (own_context(tickets), own_context(orders))


@pytest.fixture
def web(sqlite_url: str) -> Generator[Web]:
    store: Any
    store = open_store(sqlite_url, contexts=(tickets, orders), policy=POLICY)
    store.upgrade()
    yield Web(store, contexts=(*CONTEXTS, *OWN))
    store.dispose()


@pytest.fixture
def key(web: Web) -> str:
    return web.new_key("tickets:read", "tickets:write", "orders:read", "orders:write")


def post(web: Web, path: str, body: Json, key: str, **sent: Any) -> Any:  # noqa: ANN401 - of the test client
    return web.post(f"/v1/{path}", json={"reason": "a test", **body}, key=key, **sent)


def opened(web: Web, key: str, number: str = "T-1", title: str = "Fire") -> Json:
    return saved(post(web, "tickets", {"number": number, "title": title}, key), 201)


def test_a_ticket_goes_from_open_to_closed(web: Web, key: str) -> None:
    answer = post(web, "tickets", {"number": "T-1", "title": "Fire"}, key)
    ticket = saved(answer, 201)
    assert answer.headers["Location"].endswith(f"/v1/tickets/{ticket['id']}")
    assert (ticket["status"], ticket["seq"], ticket["assignee"]) == ("OPEN", 1, None)

    path = f"tickets/{ticket['id']}"
    ticket = saved(post(web, f"{path}/assign", {"assignee": "ann"}, key, seq=1), 200)
    assert (ticket["status"], ticket["seq"], ticket["assignee"]) == ("ASSIGNED", 2, "ann")
    answer = web.get(f"/v1/{path}", key=key)
    assert saved(answer, 200) == ticket
    assert answer.headers["ETag"] == '"2"'
    ticket = saved(post(web, f"{path}/close", {"resolution": "Out."}, key, seq=2), 200)
    assert ticket["status"] == "CLOSED"

    query = urlencode({"at": ticket["created_at"]})
    past = web.get(f"/v1/{path}/as-of?{query}", key=key)
    assert saved(past, 200)["status"] == "OPEN"


def test_a_wrong_request_is_refused_with_its_code(web: Web, key: str) -> None:
    ticket = opened(web, key)
    for path, body, seq, status, code in [
        ("assign", {"assignee": "bob"}, 7, 412, "STALE"),
        ("close", {"resolution": "x"}, 1, 409, "INVALID_TRANSITION"),
        ("assign", {}, 1, 422, "INVALID_FIELDS"),
        ("assign", {"assignee": "a", "title": "x"}, 1, 422, "INVALID_FIELDS"),
        ("assign", {"assignee": "bob"}, None, 428, "IF_MATCH_MISSING"),
    ]:
        sent: dict[str, Any] = {} if seq is None else {"seq": seq}
        answer = post(web, f"tickets/{ticket['id']}/{path}", body, key, **sent)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)
        assert saved(web.get(f"/v1/tickets/{ticket['id']}", key=key), 200) == ticket

    taken = post(web, "tickets", {"number": "T-1", "title": "Other"}, key)
    assert (taken.status_code, taken.get_json()["code"]) == (409, "TICKET_NUMBER_TAKEN")
    missing = web.get("/v1/tickets/nobody", key=key)
    assert (missing.status_code, missing.get_json()["code"]) == (404, "TICKET_NOT_FOUND")


def test_a_list_has_filters_and_pages(web: Web, key: str) -> None:
    every_id = sorted(opened(web, key, f"T-{number}")["id"] for number in range(5))
    chosen = every_id[0]
    saved(post(web, f"tickets/{chosen}/assign", {"assignee": "ann"}, key, seq=1), 200)

    def page(**query: Any) -> Json:  # noqa: ANN401 - of the query
        return saved(web.get(f"/v1/tickets?{urlencode(query)}", key=key), 200)

    assert [item["id"] for item in page(status="ASSIGNED")["items"]] == [chosen]
    assert [item["id"] for item in page(assignee="ann")["items"]] == [chosen]
    first = page(limit=3)
    second = page(limit=3, cursor=first["next"])
    ids = [item["id"] for item in (*first["items"], *second["items"])]
    assert ids == every_id
    assert second["next"] is None
    wrong = web.get("/v1/tickets?status=LOST", key=key)
    assert wrong.status_code == 422
    unknown = web.get("/v1/tickets?color=red", key=key).get_json()
    expected = "expected one of assignee, cursor, limit, status"
    assert unknown["fields"]["wrong"] == {"color": f"Unknown field: {expected}."}
    mixed = urlencode({"status": "OPEN", "cursor": first["next"]})
    other = web.get(f"/v1/tickets?{mixed}", key=key)
    assert (other.status_code, other.get_json()["code"]) == (400, "INVALID_CURSOR")


def test_an_order_is_placed_by_its_choice(web: Web, key: str) -> None:
    body = {"number": "O-1", "pieces": 9, "piece_cents": 10_000}
    order = saved(post(web, "orders", body, key), 201)
    assert (order["total_cents"], order["buyer"]) == (90_000, "user:maya")
    path = f"orders/{order['id']}"
    placed = saved(post(web, f"{path}/place", {}, key, seq=1), 200)
    assert placed["status"] == "PLACED"
    own = post(web, f"{path}/approve", {}, key, seq=2)
    assert (own.status_code, own.get_json()["code"]) == (422, "FIELD_NOT_OF_STATE")
    assert post(web, f"{path}/accept", {}, key, seq=2).status_code == 404


class Light(States):
    """The states of a lamp."""

    ON = auto()


@aggregate(final=(Light.ON,))
class Lamp(Aggregate):
    """A lamp whose level has a default."""

    status: Light
    level: Count = field(default=3)

    @creates(Light.ON)
    def make(self) -> None: ...
    @action(Light.ON)
    def dim(self, level: Count) -> None: ...


def test_a_filter_of_a_field_with_a_default_may_be_missing() -> None:
    lamps = Context(Lamp, filters=("level",))
    store: Any = MemoryStore(contexts=(lamps,), policy=POLICY)
    web = Web(store, contexts=(*CONTEXTS, own_context(lamps)))
    key = web.new_key("lamps:read", "lamps:write")
    lamp = saved(post(web, "lamps", {}, key), 201)
    assert saved(web.get("/v1/lamps", key=key), 200)["items"] == [lamp]
    assert saved(web.get("/v1/lamps?level=3", key=key), 200)["items"] == [lamp]
    assert saved(web.get("/v1/lamps?level=4", key=key), 200)["items"] == []
