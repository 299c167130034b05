"""The versions of a host's consents over HTTP: the list, each one, the document and bad input."""

from collections.abc import Generator
from typing import Any

import pytest
from tests.conftest import POLICY
from tests.examples.consents import consents, grants
from tests.examples.tickets import tickets
from tests.web.harness import Json, Web, saved

from indelible_sql import open_store
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context

OWN = (consents, grants, tickets)
REGISTERED = tuple(own_context(context) for context in OWN)


@pytest.fixture
def web(sqlite_url: str) -> Generator[Web]:
    store: Any
    store = open_store(sqlite_url, contexts=OWN, policy=POLICY)
    store.upgrade()
    yield Web(store, contexts=(*CONTEXTS, *REGISTERED))
    store.dispose()


@pytest.fixture
def key(web: Web) -> str:
    return web.new_key("consents:read", "consents:write")


def post(web: Web, path: str, body: Json, key: str, **sent: Any) -> Json:  # noqa: ANN401 - of the client
    status = 200 if "seq" in sent else 201
    return saved(
        web.post(f"/v1/{path}", json={"reason": "a test", **body}, key=key, **sent), status
    )


def revised(web: Web, key: str, count: int) -> Json:
    """Return a consent of so many versions, with a note between them."""
    body = {"number": "C-1", "scope": "Blood", "text": "Text 1"}
    consent = post(web, "consents", body, key)
    path = f"consents/{consent['id']}"
    for number in range(2, count + 1):
        consent = post(web, f"{path}/annotate", {"note": "a"}, key, seq=consent["seq"])
        body = {"text": f"Text {number}"}
        consent = post(web, f"{path}/revise", body, key, seq=consent["seq"])
    return consent


def test_versions_are_listed_and_shown_as_their_first_change_has_left_them(
    web: Web, key: str
) -> None:
    consent = revised(web, key, 5)
    path = f"/v1/consents/{consent['id']}/versions"

    first = saved(web.get(f"{path}?limit=2", key=key), 200)
    second = saved(web.get(f"{path}?limit=2&cursor={first['next']}", key=key), 200)
    last = saved(web.get(f"{path}?limit=2&cursor={second['next']}", key=key), 200)
    items = [*first["items"], *second["items"], *last["items"]]
    assert [(one["number"], one["seq"]) for one in items] == [
        (1, 1),
        (2, 3),
        (3, 5),
        (4, 7),
        (5, 9),
    ]
    assert last["next"] is None
    assert set(items[0]) == {"number", "seq", "action", "actor", "reason", "changed_at"}
    assert (items[0]["action"], items[1]["action"]) == ("draft", "revise")
    assert items[1]["reason"] == "a test"

    second = saved(web.get(f"{path}/2", key=key), 200)
    assert (second["text"], second["seq"], second["consent_version"]) == ("Text 2", 3, 2)
    assert saved(web.get(f"{path}/5", key=key), 200) == consent


def test_bad_input_is_refused(web: Web, key: str) -> None:
    consent = revised(web, key, 3)
    for ending, status, code in [
        ("/4", 404, "CONSENT_VERSION_NOT_FOUND"),
        ("/9223372036854775807", 404, "CONSENT_VERSION_NOT_FOUND"),
        ("/9223372036854775808", 422, "NUMBER_OUT_OF_RANGE"),
        ("/0", 422, "NUMBER_OUT_OF_RANGE"),
        ("/-1", 422, "NUMBER_OUT_OF_RANGE"),
        ("/one", 422, "INVALID_FIELDS"),
        ("/1.0", 422, "INVALID_FIELDS"),
        ("?limit=0", 422, "NUMBER_OUT_OF_RANGE"),
        ("?cursor=forged", 400, "INVALID_CURSOR"),
        ("?number=1", 422, "INVALID_FIELDS"),
    ]:
        answer = web.get(f"/v1/consents/{consent['id']}/versions{ending}", key=key)
        assert answer.status_code == status
        assert answer.get_json()["code"] == code

    for ending in ("versions", "versions/1"):
        answer = web.get(f"/v1/consents/unknown/{ending}", key=key)
        assert answer.get_json()["code"] == "CONSENT_NOT_FOUND"
        other = web.new_key("tickets:read")
        answer = web.get(f"/v1/consents/{consent['id']}/{ending}", key=other)
        assert answer.status_code == 403

    body = {"text": "Another", "consent_version": 7, "reason": "a test"}

    answer = web.post(
        f"/v1/consents/{consent['id']}/revise", json=body, key=key, seq=consent["seq"]
    )
    assert answer.status_code == 422
