"""The services of the how-to pages: a host transaction, an event loop, a custom login."""

from collections.abc import AsyncGenerator, Generator

import httpx
import pytest
from flask.testing import FlaskClient
from tests.examples import lessons_fastapi, lessons_flask
from tests.examples.conftest import HostDatabase
from tests.examples.own_login import ROLES, SignedTicket, application

from indelible_sql import SqlStore, open_store, verify

pytestmark = pytest.mark.slow

MAYA = {"X-User": "maya"}
RATIO = {"name": "Ratio", "definition": "A comparison of two quantities.", "reason": "first draft"}
CLEARER = {
    "name": "Ratio",
    "definition": "How many times one quantity holds another.",
    "reason": "clearer",
}
SECRET = "a secret for tests, 32 bytes long"  # noqa: S105 - no secret at all


@pytest.fixture
def flask(host: HostDatabase) -> Generator[FlaskClient]:
    host.migrate(lessons_flask.LESSONS.create, "lessons")
    engine = host.engine()
    yield lessons_flask.create_app(engine).test_client()
    engine.dispose()


def changes(host: HostDatabase) -> int:
    """Return the number of stored changes, after verifying the database."""
    store = open_store(host.url)
    try:
        assert verify(store) == ()
        return len(store.feed().changes)
    finally:
        store.dispose()


def test_a_lesson_and_its_concept_are_kept_together(host: HostDatabase, flask: FlaskClient) -> None:
    planned = flask.post("/lessons/monday", json=RATIO, headers=MAYA)
    reworded = flask.put(
        "/lessons/monday", json={**CLEARER, "seq": planned.get_json()["seq"]}, headers=MAYA
    )

    assert (planned.status_code, reworded.status_code, reworded.get_json()["seq"]) == (201, 200, 2)
    assert changes(host) == 2


def test_a_day_that_is_taken_leaves_no_concept_behind(
    host: HostDatabase, flask: FlaskClient
) -> None:
    flask.post("/lessons/monday", json=RATIO, headers=MAYA)
    refused = flask.post("/lessons/monday", json=RATIO, headers=MAYA)

    assert (refused.status_code, refused.get_json()["code"]) == (409, "DAY_TAKEN")
    assert changes(host) == 1


def test_what_the_library_refuses_is_answered_by_its_kind(flask: FlaskClient) -> None:
    flask.post("/lessons/monday", json=RATIO, headers=MAYA)
    stale = flask.put("/lessons/monday", json={**CLEARER, "seq": 7}, headers=MAYA)
    blank = flask.post("/lessons/friday", json={**RATIO, "reason": " "}, headers=MAYA)

    assert (stale.status_code, stale.get_json()["code"]) == (412, "STALE")
    assert (blank.status_code, blank.get_json()["code"]) == (422, "TEXT_BLANK")


@pytest.fixture
async def fastapi(host: HostDatabase) -> AsyncGenerator[httpx.AsyncClient]:
    app = lessons_fastapi.create_app(host.url)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://x") as client,
    ):
        yield client


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
