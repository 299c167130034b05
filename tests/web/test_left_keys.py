"""Keys that are left to a view: whose request it is, and which views get them."""

from collections.abc import Callable, Generator
from functools import wraps
from typing import Any

import pytest
from tests.web.harness import Web, body_of, problem, saved

from indelible.testing.stores import MAYA, NOOR, RATIO
from indelible_web.http.key_reads import KeyedView
from indelible_web.http.request import current_request

ENDPOINT = "concepts.list_concepts"
LIST = "/v1/concepts"
WRONG = "ind_unknown_unknown"


@pytest.fixture
def replace(web: Web) -> Generator[Callable[[Any], None]]:
    """Return a function that replaces the view of the list of concepts for one test."""
    view = web.app.view_functions[ENDPOINT]

    def replace_view(other: Any) -> None:  # noqa: ANN401 - any view
        web.app.view_functions[ENDPOINT] = other

    yield replace_view
    web.app.view_functions[ENDPOINT] = view


def answer_at_once(**_: str) -> str:
    return "a secret"


def test_a_pushed_context_gives_no_other_caller_and_no_other_session(web: Web) -> None:
    mayas, noors = web.new_key("admin", owner=MAYA), web.new_key("admin", owner=NOOR)
    body = {"content": body_of(RATIO), "reason": "a test"}
    with web.app.app_context():
        assert web.get(LIST, key=mayas).status_code == 200
        concept = saved(web.post(LIST, json=body, key=noors), 201)
        refused = web.post(LIST, json=body, key=WRONG)

    versions = web.get(f"{LIST}/{concept['concept']['id']}/versions").get_json()
    assert [version["created_by"] for version in versions["items"]] == [str(NOOR)]
    assert problem(refused) == (401, "UNAUTHENTICATED")

    with web.app.app_context():
        first = web.app.test_client().get("/console/sign-in")
        second = web.app.test_client().get("/console/sign-in")

    cookies = [answer.headers["Set-Cookie"].partition(";")[0] for answer in (first, second)]
    assert cookies[0] != cookies[1]


def test_who_replaces_or_decorates_a_keyed_view_runs_for_accepted_callers_only(
    web: Web, replace: Callable[[Any], None]
) -> None:
    view = web.app.view_functions[ENDPOINT]
    assert type(view) is KeyedView
    seen: list[object] = []

    @wraps(view)
    def note(**values: str) -> Any:  # noqa: ANN401 - any answer
        seen.append(current_request().caller)
        return view(**values)

    replace(note)
    assert web.get(LIST, key=WRONG).status_code == 401
    assert seen == []
    assert web.get(LIST).status_code == 200
    assert len(seen) == 1
    assert seen != [None]

    replace(answer_at_once)

    assert problem(web.app.test_client().get(LIST, headers=bearer(WRONG))) == (
        401,
        "UNAUTHENTICATED",
    )


def test_an_answer_without_its_view_is_refused_afterwards(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ensure_sync(function: Any) -> Any:  # noqa: ANN401 - any function
        return answer_at_once if isinstance(function, KeyedView) else function

    monkeypatch.setattr(web.app, "ensure_sync", ensure_sync)
    client = web.app.test_client()

    assert problem(client.get(LIST, headers=bearer(WRONG))) == (401, "UNAUTHENTICATED")
    assert client.get(LIST, headers=bearer(web.key)).text == "a secret"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
