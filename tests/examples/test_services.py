"""The services of the how-to pages: an event loop, a custom login."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from tests.examples import lessons_fastapi
from tests.examples.conftest import HostDatabase
from tests.examples.own_login import ROLES, SignedTicket, application

from indelible_sql import SqlStore, open_store, verify

MAYA = {"X-User": "maya"}
RATIO = {"name": "Ratio", "definition": "A comparison of two quantities.", "reason": "first draft"}
CLEARER = {
    "name": "Ratio",
    "definition": "How many times one quantity holds another.",
    "reason": "clearer",
}
SECRET = "a secret for tests, 32 bytes long"  # noqa: S105 - no secret at all


def changes(host: HostDatabase) -> int:
    """Return the number of stored changes, after verifying the database."""
    store = open_store(host.url)
    try:
        assert verify(store) == ()
        return len(store.feed().changes)
    finally:
        store.dispose()


@pytest.fixture
async def fastapi(host: HostDatabase) -> AsyncGenerator[httpx.AsyncClient]:
    app = lessons_fastapi.create_app(host.url)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://x") as client,
    ):
        yield client


@pytest.mark.slow
async def test_an_awaited_request_is_repeated_without_a_second_effect(
    host: HostDatabase, fastapi: httpx.AsyncClient
) -> None:
    sent = {**MAYA, "Idempotency-Key": "monday-1"}
    first = await fastapi.post("/concepts", json=RATIO, headers=sent)
    again = await fastapi.post("/concepts", json=RATIO, headers=sent)

    assert (first.status_code, again.json()) == (201, first.json())
    assert changes(host) == 1


async def test_two_awaited_commands_stand_or_fall_together(fastapi: httpx.AsyncClient) -> None:
    created = (await fastapi.post("/concepts", json=RATIO, headers=MAYA)).json()
    place = f"/concepts/{created['concept_id']}"
    finished = await fastapi.post(f"{place}/finish", json={**CLEARER, "seq": 1}, headers=MAYA)
    refused = await fastapi.post(f"{place}/finish", json={**CLEARER, "seq": 3}, headers=MAYA)
    history = (await fastapi.get(f"{place}/history")).json()

    assert (finished.json()["status"], finished.json()["seq"]) == ("REVIEW", 3)
    assert (refused.status_code, refused.json()["code"]) == (409, "INVALID_TRANSITION")
    assert history == [
        "create by user:maya: first draft",
        "edit by user:maya: clearer",
        "submit by user:maya: clearer",
    ]


def test_a_login_of_ones_own_says_who_and_what_for(sqlite: SqlStore) -> None:
    client, login = application(sqlite, SECRET).test_client(), SignedTicket(SECRET)
    body = {"content": {"name": "Ratio"}, "reason": "first draft"}

    def create(ticket: str, scheme: str = "Bearer") -> tuple[int, str]:
        answer = client.post(
            "/v1/concepts", json=body, headers={"Authorization": f"{scheme} {ticket}"}
        )
        found = answer.get_json()
        return answer.status_code, found.get("code") or found["version"]["created_by"]

    maya = login.sign_in("maya", "author")

    assert create(maya) == (201, "user:maya")
    assert create(login.sign_in("noor", "reader", "a role that nobody knows")) == (
        403,
        "SCOPE_MISSING",
    )
    wrong = (
        maya[:-1],
        "",
        SignedTicket("another secret").sign_in("maya", "author"),
        "ind_key_secret",
    )
    assert {create(each) for each in wrong} == {(401, "UNAUTHENTICATED")}
    assert create(maya, "Basic") == (401, "UNAUTHENTICATED")


def test_every_scope_that_a_role_opens_is_one_that_a_route_declares(sqlite: SqlStore) -> None:
    document = application(sqlite, SECRET).test_client().get("/openapi.json").get_json()
    operations = [each for path in document["paths"].values() for each in path.values()]
    declared = {
        scope for each in operations for choice in each["security"] for scope in choice["key"]
    }

    assert set().union(*ROLES.values()) <= declared
