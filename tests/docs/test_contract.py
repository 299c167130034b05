"""The committed contract is kept: nothing of it breaks, and the changelog names what is new."""

import sys
from copy import deepcopy
from functools import cache
from random import Random
from types import ModuleType
from typing import Final

import pytest
from docs.contract import CHANGELOG, COMMITTED, whole_contract
from docs.generators.contract import DETAILS
from tests.web.harness import Web, memory

from indelible_service.contract.collecting import (
    LIFECYCLES,
    OPERATORS,
    ROUTES,
    WEBHOOKS,
)
from indelible_service.contract.differences import (
    AT_LEAST,
    AT_MOST,
    PATTERN,
    REQUIRED,
    Kind,
    Parts,
    additions,
    breaking_differences,
    compare,
    unnamed_additions,
    unreleased_part,
)
from indelible_service.contract.files import read_contract
from indelible_service.contract.names import names_of
from indelible_sql.contexts import CATALOG

pytestmark = pytest.mark.slow

COUNT: Final = 10  # planted changes of each kind, in each part
PARTS: Final = tuple(DETAILS)
OUTSIDE: Final = {"GET /", "GET /admin/openapi.json", "GET /docs"} | {
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.json",
}

Planted = dict[str, dict[str, dict[str, str]]]


@cache
def committed() -> Parts:
    return read_contract(COMMITTED)


def planted() -> Planted:
    """Return a copy of the contract that a test may change."""
    return {
        part: {name: dict(facts) for name, facts in names.items()}
        for part, names in deepcopy(dict(committed())).items()
    }


def test_the_code_keeps_the_committed_contract() -> None:
    changelog = CHANGELOG.read_text("utf-8")
    differences = compare(committed(), whole_contract(), changelog)

    assert [one for one in differences if one.is_refused] == [], "run `python -m docs.contract`"


def test_the_contract_has_every_part() -> None:
    assert list(committed()) == list(PARTS)
    assert all(committed().values())


def test_the_contract_has_every_route_that_needs_a_key_or_a_signature() -> None:
    served: set[str] = set()
    for rule in Web(memory()).app.url_map.iter_rules():
        if rule.rule.startswith("/console") or rule.endpoint.endswith("static"):
            continue
        path = rule.rule.replace("<", "{").replace(">", "}")
        served |= {f"{method} {path}" for method in (rule.methods or ()) if method != "HEAD"}
    named = {name for part in (ROUTES, OPERATORS, WEBHOOKS) for name in committed()[part]}

    assert {route for route in served - named if "GET /docs/" not in route} == OUTSIDE
    assert {name for name in named if " /" in name} <= served


def test_the_contract_has_every_lifecycle() -> None:
    names = {lifecycle.name for lifecycle in CATALOG.heads.values()}

    assert set(committed()[LIFECYCLES]) == names


@pytest.mark.parametrize("part", PARTS)
def test_ten_planted_breaking_changes_of_a_part_are_found(part: str) -> None:
    random = Random(part)  # noqa: S311 - a test draws the same again
    names = sorted(committed()[part])
    for index in range(COUNT):
        name = random.choice(names)
        contract = planted()
        facts = contract[part][name]
        kept = [fact for fact in facts if not fact.endswith((AT_MOST, AT_LEAST, PATTERN))]
        if index % 4 == 0 or not kept:
            del contract[part][name]
            expected = f"{part}: {name} is gone"
        elif index % 4 == 1:
            fact = random.choice(kept)
            del facts[fact]
            expected = f"{part}: {name} no longer has {fact}"
        elif index % 4 == 2:
            fact = random.choice(kept)
            expected = f"{part}: {name} {fact} was {facts[fact]}, is another"
            facts[fact] = "another"
        else:
            facts["new thing"] = REQUIRED
            expected = f"{part}: {name} new thing is new, and {REQUIRED}"

        assert breaking_differences(committed(), contract) == [expected]
        assert Kind.BREAKING in {one.kind for one in compare(committed(), contract)}


@pytest.mark.parametrize("part", PARTS)
def test_ten_planted_additions_to_a_part_need_a_line_in_the_changelog(part: str) -> None:
    random = Random(part)  # noqa: S311 - a test draws the same again
    names = sorted(committed()[part])
    for index in range(COUNT):
        contract = planted()
        name = random.choice(names)
        if index % 2 == 0:
            added = f"NEW {index}"
            contract[part][added] = {"type": "text", "needs": REQUIRED}
        else:
            added = f"{name} new {index}"
            contract[part][name][f"new {index}"] = "known"
        line = f"- `{added}` is new.\n"
        named = f"# Changelog\n\n## [Unreleased]\n\n{line}\n## [1.0.0]\n"
        before = f"# Changelog\n\n## [Unreleased]\n\n## [1.0.0]\n\n{line}"

        assert breaking_differences(committed(), contract) == []
        assert additions(committed(), contract) == [added]
        assert unnamed_additions(committed(), contract, named) == []
        assert unnamed_additions(committed(), contract, before) == [added]


@pytest.mark.parametrize(
    ("fact", "old", "new", "breaks"),
    [
        ("title maxLength at most", "100", "200", False),
        ("title maxLength at most", "100", "99", True),
        ("title minLength at least", "2", "1", False),
        ("title minLength at least", "2", "3", True),
        ("title", "required", "optional", False),
        ("title", "optional", "required", True),
        ("title", "maybe", "always", False),
        ("title", "always", "maybe", True),
        ("title type", "string", "integer", True),
        ("title pattern", "a+", "b+", True),
        ("price x-maximum at most", "0.1", "0.10000000000000001", False),
        ("price x-maximum at most", "0.10000000000000001", "0.1", True),
        ("scope", "none", "tickets:read", True),
        ("scope", "tickets:read", "none", False),
        ("scope", "tickets:read", "tickets:read or tickets:write", False),
        ("scope", "tickets:read or tickets:write", "tickets:read", True),
    ],
)
def test_a_caller_is_broken_by_what_asks_for_more_or_promises_less(
    fact: str, old: str, new: str, *, breaks: bool
) -> None:
    before, after = {"routes": {"Body": {fact: old}}}, {"routes": {"Body": {fact: new}}}

    assert bool(breaking_differences(before, after)) is breaks


@pytest.mark.parametrize("fact", ["title maxLength at most", "title pattern"])
def test_a_limit_that_is_new_breaks_and_one_that_is_gone_does_not(fact: str) -> None:
    limited = {"routes": {"Body": {"title": "required", fact: "100"}}}
    unlimited = {"routes": {"Body": {"title": "required"}}}

    assert len(breaking_differences(unlimited, limited)) == 1
    assert breaking_differences(limited, unlimited) == []


def test_an_optional_parameter_is_one_addition_with_all_that_is_said_about_it() -> None:
    before: Parts = {"routes": {"GET /v1/tickets": {"scope": "none"}}}
    facts = {"query tag": "optional", "query tag type": "array", "query tag[] type": "string"}
    limits = {"query tag[] maxLength at most": "200", "query tag[] pattern": "a+"}
    after = {"routes": {"GET /v1/tickets": {"scope": "none", **facts, **limits}}}

    assert breaking_differences(before, after) == []
    assert additions(before, after) == ["GET /v1/tickets query tag"]


def first_call(x: int, y: int = 1) -> None:
    """Take a required parameter first."""
    del x, y


def second_call(y: int = 1, *, x: int) -> None:
    """Take the same parameters in another order."""
    del x, y


def test_the_order_of_parameters_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("host_calls")
    monkeypatch.setitem(sys.modules, "host_calls", module)
    parts: list[Parts] = []
    for call in (first_call, second_call):
        vars(module).update(call=call, __all__=("call",))
        parts.append({"names": names_of(["host_calls"])})

    assert "names: host_calls.call parameter y position was 2, is 1" in breaking_differences(*parts)


@pytest.mark.parametrize(
    ("changelog", "part"),
    [
        ("## [Unreleased]\n- new\n## [1.0]\n- old\n", "- new\n"),
        ("# Changelog\n\n## [Unreleased]\n## [1.0]\n- old\n", ""),
        ("# Changelog\n\n## [Unreleased] - soon\n\n- new", "\n- new"),
        ("# Changelog\n\n## [1.0]\n- old\n", None),
    ],
)
def test_the_part_about_the_next_release_ends_at_the_next_heading(
    changelog: str, part: str | None
) -> None:
    assert unreleased_part(changelog) == part
