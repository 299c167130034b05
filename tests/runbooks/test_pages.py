"""The pages of runbooks have the parts that an operator needs."""

import re
from functools import cache

import pytest
from tests.runbooks.pages import SECTIONS, page_of, read_runbook
from tests.runbooks.scenarios import all_scenarios

from indelible.failure_modes import FAILURE_MODES, FailureMode
from indelible_service.remote.operations import READ
from indelible_web.app import admin_document, public_document
from indelible_web.contexts import CONTEXTS

OPERATION = re.compile(r"\bindelible ops ([a-z][a-z-]*)")
OTHER_PAGES = {"index", "promote", "roll-back"}
# What no step may be: a program beside `indelible ops` that reaches further than the API.
OUTSIDE = re.compile(r"\b(psql|sqlite3|ssh|kubectl|docker|systemctl|python|curl|SELECT|UPDATE)\b")
# What whoever runs the machine may be asked for: commands of the product, and commands of the
# process manager, which variables name.
ON_THE_MACHINE = re.compile(
    r"\bindelible (db|verify|restore)\b|^ln --symbolic|^eval \"\$[A-Z_]+\"$"
)
# What looks as if all were well when the service does not answer, or never ends.
BLIND = re.compile(
    r"\b(?:while|until) .*; do\b|\| *(?:head\b|grep -[a-z]*q)|\|[^|>]*\|\| true$", re.MULTILINE
)


@cache
def operations() -> frozenset[str]:
    """Return the operations that `indelible ops` has for the built-in contexts."""
    names: set[str] = set()
    for document, methods in (
        (admin_document(CONTEXTS), (READ, "POST")),
        (public_document(CONTEXTS), (READ,)),
    ):
        for path in document["paths"].values():
            for method, operation in path.items():
                if method.upper() in methods:
                    names.add(operation["operationId"].replace("_", "-"))
    return frozenset(names)


@pytest.mark.parametrize("mode", FAILURE_MODES, ids=lambda mode: mode.name)
def test_a_page_has_its_title_its_alerts_and_all_sections(mode: FailureMode) -> None:
    runbook = read_runbook(mode.name)
    assert runbook.text.startswith(f"# {mode.number}. {mode.title}\n")
    assert runbook.sections == SECTIONS
    for alert in mode.alerts:
        assert f"`{alert}`" in runbook.text


@pytest.mark.parametrize("mode", FAILURE_MODES, ids=lambda mode: mode.name)
def test_the_steps_of_a_page_speak_http_unless_they_are_of_the_machine(mode: FailureMode) -> None:
    runbook = read_runbook(mode.name)
    assert {step.section for step in runbook.steps} >= {"Detect", "Recover", "Verify"}
    assert any(OPERATION.search(step.command) for step in runbook.steps)
    for step in runbook.steps:
        is_of_machine = mode.on_the_machine and ON_THE_MACHINE.search(step.command)
        assert is_of_machine or "indelible ops " in step.command, step
        assert OUTSIDE.search(step.command) is None, step
        assert BLIND.search(step.command) is None, step
        assert set(OPERATION.findall(step.command)) <= operations(), step


@pytest.mark.parametrize("mode", FAILURE_MODES, ids=lambda mode: mode.name)
def test_a_page_has_a_fault_that_it_recovers_from(mode: FailureMode) -> None:
    scenarios = [one for one in all_scenarios() if one.runbook == mode.name]
    assert scenarios, "a fault in tests/runbooks/faults names this runbook"
    fired = {alert for one in scenarios for alert in one.alerts}
    assert fired == set(mode.alerts)


def test_each_page_is_that_of_a_failure_or_of_whoever_promotes() -> None:
    pages = {file.stem for file in page_of("index").parent.glob("*.md")}
    assert pages == {mode.name for mode in FAILURE_MODES} | OTHER_PAGES
