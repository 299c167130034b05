"""Each step that the operator of an absence may carry out is a command of its runbook."""

from typing import Final, cast

import pytest
from tests.conftest import POLICY
from tests.runbooks.pages import page_of, read_runbook
from tests.web.harness import Web

from indelible.kernel.keys import ADMIN, OPS
from indelible.memory import MemoryStore
from indelible.testing.stores import AnyStore
from indelible_service.simulation.absence.steps import STEPS, RunbookStep

WRITTEN: Final = [step for step in STEPS.values() if page_of(step.mode.name).exists()]


@pytest.fixture(scope="module")
def scopes() -> dict[str, list[str]]:
    """Return the scopes of each operation by the name of its command."""
    web = Web(cast("AnyStore", MemoryStore(policy=POLICY)))
    scopes: dict[str, list[str]] = {}
    for path in ("/openapi.json", "/admin/openapi.json"):
        headers = {"Authorization": f"Bearer {web.new_key(ADMIN)}"}
        document = web.client.get(path, headers=headers).get_json()
        for methods in document["paths"].values():
            for operation in methods.values():
                opening = [scope for one in operation["security"] for scope in one["key"]]
                scopes[operation["operationId"].replace("_", "-")] = opening
    return scopes


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: f"{step.slug} {step.operation}")
def test_a_step_is_an_operation_that_the_operator_s_key_opens(
    step: RunbookStep, scopes: dict[str, list[str]]
) -> None:
    assert {OPS, "contests:read"} & {*scopes[step.operation]}


@pytest.mark.parametrize("step", WRITTEN, ids=lambda step: f"{step.slug} {step.operation}")
def test_a_step_is_a_command_of_its_page(step: RunbookStep) -> None:
    text = read_runbook(step.mode.name).text
    section = text.partition(f"## {step.section}\n")[2].partition("\n## ")[0]

    assert f"{step.command} " in section
