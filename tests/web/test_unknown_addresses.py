"""An unknown address is answered with served paths, whoever asks and whatever is stored."""

import pytest
from tests.conftest import POLICY
from tests.examples.consents import consents, grants
from tests.examples.tickets import tickets
from tests.web.harness import Json, Web, saved

from indelible.memory.store import MemoryStore
from indelible_web.contexts import CONTEXTS, built_in_contexts
from indelible_web.http.nearest_paths import MAX_PATHS
from indelible_web.own import own_context

OWN = (tickets, consents, grants)


def web_of(*built_in: str) -> Web:
    contexts = (*built_in_contexts(*built_in), *(own_context(context) for context in OWN))
    return Web(MemoryStore(contexts=OWN, policy=POLICY), contexts=contexts)


@pytest.fixture(scope="module")
def web() -> Web:
    return web_of()


def problem(web: Web, path: str, **sent: str | None) -> Json:
    body = saved(web.get(path, key=sent.get("key")), 404)
    assert body["code"] == "ROUTE_NOT_FOUND"
    return body


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/v1/ticket", "/v1/tickets"),
        ("/v1/Tickets", "/v1/tickets"),
        ("/v1/tickets/", "/v1/tickets"),
        ("/tickets", "/v1/tickets"),
        ("/v1/tickets/01a-b/asign", "/v1/tickets/{ticket_id}/assign"),
        ("/v1/tickets/01a-b/asof", "/v1/tickets/{ticket_id}/as-of"),
        ("/v1/consent/1/versions", "/v1/consents"),
        ("/v1/consents/1/version/2", "/v1/consents/{consent_id}/versions/{number}"),
    ],
)
def test_the_nearest_path_is_named_first(web: Web, path: str, nearest: str) -> None:
    body = problem(web, path)

    assert body["fields"]["paths"][0] == nearest
    assert len(body["fields"]["paths"]) <= MAX_PATHS
    assert nearest in body["detail"]


def test_served_paths_of_the_public_document_alone_are_named(web: Web) -> None:
    served = ["/v1/consents", "/v1/grants", "/v1/history", "/v1/tickets"]

    assert problem(web, "/v1/concepts")["fields"]["paths"] == served
    assert problem(web, "/v1")["fields"]["paths"] == served
    assert "/v1/concepts" in problem(web_of("concepts"), "/v1/concept")["fields"]["paths"]

    documented = set(web.get("/openapi.json", key=None).get_json()["paths"])

    for path in ("/admin/task", "/admin", "/v1/admin/tasks", "/console-x", "/v1/history/1"):
        assert documented.issuperset(problem(web, path)["fields"]["paths"])


def test_the_answer_is_the_same_with_and_without_a_key_and_data(web: Web) -> None:
    path = "/v1/tickets/T-1/close-it"
    before = problem(web, path)
    key = web.new_key("tickets:read", "tickets:write")
    body = {"number": "T-1", "title": "Fire", "reason": "a call"}
    saved(web.post("/v1/tickets", json=body, key=key), 201)

    for sent in (None, key, web.new_key("admin"), "ind_1_wrong"):
        answer = problem(web, path, key=sent)
        assert {**answer, "request_id": ""} == {**before, "request_id": ""}
    assert "T-1" not in str(before)


def test_every_path_of_the_document_is_nearest_to_itself_with_a_mistake() -> None:
    web = Web(MemoryStore(policy=POLICY))
    documented = web.get("/openapi.json", key=None).get_json()["paths"]
    paths = [path for path in documented if path.startswith("/v1/")]

    assert len(paths) > len(CONTEXTS)
    for path in paths:
        assert path in problem(web, f"{path}x/")["fields"]["paths"]
