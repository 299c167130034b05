"""Test keys, the scopes of routes, and the rate limits of callers."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from attrs import evolve, frozen
from flask import Request
from tests.web.harness import OPERATOR, SCOPES, SETTINGS, Web, concept_url, memory, problem
from tests.web.hostile.scopes import REQUIRED_SCOPES

from indelible.kernel import Actor, UsageError
from indelible.kernel.keys import CreateKey, RevokeKey, create_key, get_key, revoke_key
from indelible.testing.stores import BEGINNING, MAYA
from indelible_web import Caller, WebSettings
from indelible_web.concepts.routes import ConceptQuery
from indelible_web.context import WebContext
from indelible_web.http.routing import Routes

WRONG = {
    "no header": {},
    "another scheme": {"Authorization": "Basic bWF5YTpzZWNyZXQ="},
    "no key": {"Authorization": "Bearer"},
    "empty": {"Authorization": "Bearer "},
    "not ours": {"Authorization": "Bearer ghp_0123456789"},
    "without a secret": {"Authorization": "Bearer ind_id-00000001_"},
    "without an id": {"Authorization": "Bearer ind__69642d3030303030303032"},
    "unknown": {"Authorization": "Bearer ind_id-99999999_69642d3030303030303032"},
    "a wrong secret": {"Authorization": "Bearer ind_id-00000001_69642d3030303030303033"},
    "two keys": {"Authorization": "Bearer ind_a_b, Bearer ind_c_d"},
    "not ASCII": {"Authorization": "Bearer ind_\u00e9_\u00ff"},
    "a space": {"Authorization": "Bearer ind_id 1_2"},
    "endless": {"Authorization": f"Bearer ind_{'a' * 5_000}_b"},
}


def refusal(web: Web, headers: Mapping[str, str]) -> tuple[int, object, object]:
    """Return everything that a caller sees of the answer to a request with these headers."""
    headers = {**headers, "X-Request-Id": "always-the-same"}
    answer = web.get("/v1/concepts", key=None, headers=headers)
    return answer.status_code, answer.get_json(), answer.headers.get("WWW-Authenticate")


def test_every_invalid_key_gets_the_same_answer(web: Web) -> None:
    for headers in WRONG.values():
        assert refusal(web, headers) == refusal(web, {})
        assert refusal(web, {})[0::2] == (401, 'Bearer realm="indelible"')
        assert (
            web.get("/v1/concepts", key=None).get_json()["detail"] == "API key missing or invalid."
        )

    text = web.new_key("concepts:read")
    key_id = text.split("_")[1]
    soon = CreateKey(owner=MAYA, scopes=("concepts:read",), expires_at=BEGINNING)
    expired = web.store.run(create_key, soon, actor=OPERATOR, reason="a test").text
    assert web.get("/v1/concepts", key=text).status_code == 200
    revoke = RevokeKey(key_id=key_id, expected_seq=web.store.read(get_key, key_id).seq)
    web.store.run(revoke_key, revoke, actor=OPERATOR, reason="a test")

    for wrong in (text, expired):
        assert refusal(web, {"Authorization": f"Bearer {wrong}"}) == refusal(web, {})

    later = CreateKey(
        owner=MAYA, scopes=("concepts:read",), expires_at=BEGINNING + timedelta(days=3)
    )
    text = web.store.run(create_key, later, actor=OPERATOR, reason="a test").text

    assert web.get("/v1/concepts", key=text).status_code == 200


def test_each_route_and_each_step_requires_its_scope(web: Web) -> None:
    for scope, method, path in REQUIRED_SCOPES:
        other_scopes = [other for other in (*SCOPES, "history:read") if other != scope]

        answer = web.send(method, path, json={}, seq=1, key=web.new_key(*other_scopes))

        assert problem(answer) == (403, "SCOPE_MISSING")
        assert answer.get_json()["fields"] == {"scopes": [scope]}
        assert web.send(method, path, json={}, seq=1, key=web.new_key(scope)).status_code != 403

    for before, status, scope in [
        ("DRAFT", "REVIEW", "concepts:review"),
        ("REVIEW", "APPROVED", "concepts:approve"),
        ("APPROVED", "PUBLISHED", "concepts:publish"),
    ]:
        concept = web.at(before)
        other_scopes = [other for other in SCOPES if other != scope]

        for key in (web.new_key(*other_scopes), web.new_key("concepts:write")):
            assert problem(web.move(concept, status, key=key)) == (403, "SCOPE_MISSING")
        assert web.move(concept, status, key=web.new_key(scope)).status_code == 200

    web.key = web.new_key("admin")
    concept = web.at("PUBLISHED")

    for path in (concept_url(concept), "/v1/history"):
        assert web.get(path).status_code == 200


@pytest.mark.parametrize(
    "scopes",
    [
        (),
        ("",),
        ("Read All",),
        ("Orders:read",),
        ("1st:read",),
        ("orders:read:all",),
        ("orders:read\n",),
        (f"{'a' * 41}:read",),
        ("orders:read", f"orders:{'a' * 41}"),
    ],
)
def test_a_route_without_a_scope_stops_the_start(
    scopes: tuple[str, ...],
) -> None:
    routes = Routes("planted", "a route without a valid scope")
    add = routes.add(
        "POST /planted", *scopes, request_type=ConceptQuery, response_type=ConceptQuery
    )
    add(lambda _, query: query)

    with pytest.raises(UsageError, match="planted"):
        Web(memory(), contexts=(WebContext(name="planted", routes=(routes,)),))


@pytest.mark.slow
def test_requests_and_wrong_keys_are_limited_apart() -> None:
    web = Web(memory(), evolve(SETTINGS, requests_per_minute=3))
    other_key = web.new_key("concepts:read")

    for path in ("/v1/concepts", "/v1/learning-order", "/v1/history"):
        assert web.get(path).status_code == 200

    refused = web.get("/v1/concepts")
    assert problem(refused) == (429, "TOO_MANY_REQUESTS")
    assert refused.headers["Retry-After"] == "60"
    assert refused.get_json()["fields"] == {"events": "requests", "maximum": 3}
    assert web.get("/v1/concepts", key=other_key).status_code == 200
    assert web.get("/health").status_code == 200

    web = Web(memory(), evolve(SETTINGS, wrong_keys_per_minute=3))
    guesses = [f"ind_guess_{number}" for number in range(5)]

    statuses = [web.get("/v1/concepts", key=guess).status_code for guess in guesses]
    other_address = web.get("/v1/concepts", key=None, environ={"REMOTE_ADDR": "192.0.2.7"})
    refused = web.get("/v1/concepts", key=None)

    assert statuses == [401, 401, 401, 429, 429]
    assert problem(refused) == (429, "TOO_MANY_REQUESTS")
    assert refused.headers["Retry-After"] == "60"
    assert other_address.status_code == 401
    assert web.get("/v1/concepts").status_code == 200


@pytest.mark.slow
def test_only_the_address_of_a_proxy_is_believed() -> None:
    web = Web(memory(), evolve(SETTINGS, wrong_keys_per_minute=2))

    statuses: list[int] = []
    for number in range(4):
        address = f"192.0.2.{number}"
        headers = {"X-Forwarded-For": address, "Forwarded": f"for={address}"}
        statuses.append(web.get("/v1/concepts", key=None, headers=headers).status_code)

    assert statuses == [401, 401, 429, 429]

    web = Web(memory(), evolve(SETTINGS, wrong_keys_per_minute=2, proxy_hops=1))

    statuses = []
    for number in (1, 2, 1, 2, 1):
        headers = {"X-Forwarded-For": f"10.9.9.9, 192.0.2.{number}"}
        statuses.append(web.get("/v1/concepts", key=None, headers=headers).status_code)

    assert statuses == [401, 401, 401, 401, 429]


@frozen
class BadgeAuthenticator:
    """An authenticator of a host, by a header."""

    def identify(self, request: Request) -> Caller | None:
        badge = request.headers.get("X-Badge")
        if not badge:
            return None
        return Caller(actor=Actor.user(badge), scopes=frozenset({"admin"}), id=badge)


@pytest.mark.slow
def test_a_host_can_pass_its_own_authenticator() -> None:
    web = Web(memory(), evolve(SETTINGS, authenticator=BadgeAuthenticator()))
    body = {"content": {"name": "Ratio"}, "reason": "a first draft"}
    answer = web.post("/v1/concepts", json=body, key=None, headers={"X-Badge": "noor"})

    assert answer.get_json()["version"]["created_by"] == "user:noor"
    assert problem(web.get("/v1/concepts")) == (401, "UNAUTHENTICATED")


def test_settings_refuse_a_short_secret_and_a_wildcard_origin() -> None:
    with pytest.raises(UsageError):
        WebSettings(secret=b"too short")
    with pytest.raises(UsageError):
        WebSettings(secret=SETTINGS.secret, other_secret=b"too short")
    with pytest.raises(UsageError):
        WebSettings(secret=SETTINGS.secret, cors_origins=("*",))
    assert "secret" not in repr(SETTINGS)
