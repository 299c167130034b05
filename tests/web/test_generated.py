"""Test that each answer to a request of schemathesis is one that the document declares."""

import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from tests.core.money.gateway import ScriptedGateway
from tests.web.generated import PROMPT, WITHOUT_KEY, Found, Making, generated, operations
from tests.web.harness import PUBLISHED, Json, Web, memory
from tests.web.minting import Wallets
from tests.web.reader import fitted

pytestmark = pytest.mark.slow

EXAMPLES = 2  # `tests/doses/fuzz` tries more
# An application would take long to create in every collection of tests.
DOCUMENT = json.loads(PUBLISHED.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answers() -> Callable[[str, str], Found]:
    web = Web(fitted(memory()), chain=Wallets(), stripe=ScriptedGateway())
    assert operations(web.document) == operations(DOCUMENT)

    return generated(web, Making(examples=EXAMPLES, seed=0))


@pytest.mark.dose
@pytest.mark.parametrize(("method", "path"), operations(DOCUMENT))
def test_every_generated_request_gets_a_documented_answer(
    answers: Callable[[str, str], Found], method: str, path: str
) -> None:
    found = answers(method, path)

    assert found.wrong == []
    assert found.statuses.total() >= EXAMPLES
    assert (found.statuses[401] >= 1) is (path not in WITHOUT_KEY)
    assert path != PROMPT or found.statuses[200] == 0


def test_a_hook_that_writes_into_an_example_leaves_the_document_as_it_is(web: Web) -> None:
    before = json.dumps(web.document)

    def rename(_: object, case: Any) -> Any:  # noqa: ANN401 - schemathesis' own
        body: object = case.body
        if isinstance(body, dict):
            cast("Json", body)["name"] = "renamed"
        return case

    send = generated(web, Making(examples=EXAMPLES, seed=1, hooks={"map_case": rename}))
    send("POST", "/v1/spaces")

    assert json.dumps(web.document) == before
