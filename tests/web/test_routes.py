"""Test that a command gives its route checks."""

import pytest
from tests.web.harness import Web, concept_url, memory, problem

from indelible.concepts import ConceptSaved, SubmitConcept, submit_concept
from indelible_web.context import WebContext
from indelible_web.contexts import CONTEXTS
from indelible_web.http.operation import OperationContext
from indelible_web.http.routing import Routes

pytestmark = pytest.mark.slow


planted = Routes("planted", "a route that a test adds")


@planted.add(
    "POST /concepts/<concept_id>/submissions",
    "concepts:review",
    request_type=SubmitConcept,
    response_type=ConceptSaved,
)
def submit(call: OperationContext, command: SubmitConcept) -> ConceptSaved:
    """Hand a draft to its reviewers."""
    return call.run(submit_concept, command)


@pytest.fixture
def wider() -> Web:
    """An application with one more context."""
    host_context = WebContext(name="planted", routes=(planted,))
    return Web(memory(), contexts=(*CONTEXTS, host_context))


def test_a_declared_route_works_and_has_all_checks(wider: Web) -> None:
    path = f"{concept_url(wider.create())}/submissions"

    assert problem(wider.post(path, json={"reason": "ready"})) == (428, "IF_MATCH_MISSING")
    assert problem(wider.post(path, json={}, seq=1)) == (422, "INVALID_FIELDS")
    assert problem(wider.post(path, json={"reason": "ready", "why": "x"}, seq=1)) == (
        422,
        "INVALID_FIELDS",
    )
    assert problem(wider.post(path, json={"reason": "ready"}, seq=2)) == (412, "STALE")
    first, again = (
        wider.post(path, json={"reason": "ready"}, seq=1, once="submit-1") for _ in range(2)
    )
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert again.get_json() == first.get_json()
