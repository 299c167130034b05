"""The critique finds problems by deterministic rules, and a critical one blocks."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.projects.specs import PROMPT, edge, json_objects, node, shop, spec, texts

from indelible.projects.entities.values import ArchitectureSpec
from indelible.projects.rules.checks import VAGUE_PHRASES
from indelible.projects.rules.critique import CRITIQUE_CODES, critique
from indelible.projects.rules.findings import Severity
from indelible.projects.rules.graph import read_graph
from indelible.projects.rules.kinds import ALIASES, NodeKind
from indelible.projects.rules.prompts import DEFAULT_PROMPT, effective_prompt

WEB = node("web", "frontend")
API = node("api", "backend")
DB = node("db", "database")
WEB_TO_API = edge("web", "api")

# A specification that breaks the rule of each code, and the nodes that it is about.
BROKEN: Mapping[str, tuple[ArchitectureSpec, tuple[str, ...]]] = {
    "NO_NODES": (spec(), ()),
    "NO_EDGES": (spec(WEB, API), ("web", "api")),
    "PROMPT_TOO_SHORT": (spec(WEB, prompt="  A shop!  "), ()),
    "PROMPT_VAGUE": (spec(WEB, prompt="Please BUILD  an\napp for my shop"), ()),
    "AUTHENTICATION_MISSING": (spec(WEB, API, DB, edges=(WEB_TO_API,)), ("web", "api")),
    "DATABASE_MISSING": (spec(API), ("api",)),
    "NODES_NOT_CONNECTED": (spec(WEB, API, DB, edges=(WEB_TO_API,)), ("db",)),
    "NODE_ID_DUPLICATE": (spec(WEB, node("web", "auth")), ("web",)),
    "EDGE_END_UNKNOWN": (spec(WEB, edges=(edge("web", "gone"),)), ()),
    "NODE_TYPE_UNKNOWN": (spec(node("q", "quantum computer")), ("q",)),
    "NODE_ITEM_IGNORED": (spec(node("db", "database", entities=[3, None, "Order"])), ("db",)),
    "NODE_ID_MISSING": (spec({"type": "frontend"}), ("#1",)),
    "NODE_CONNECTED_TO_ITSELF": (spec(WEB, edges=(edge("web", "web"),)), ("web",)),
    "BACKEND_MISSING": (spec(WEB), ("web",)),
}

# The severities of the source system.
SEVERITIES = {
    "NO_NODES": "critical",
    "NO_EDGES": "critical",
    "PROMPT_TOO_SHORT": "critical",
    "PROMPT_VAGUE": "high",
    "AUTHENTICATION_MISSING": "high",
    "DATABASE_MISSING": "medium",
    "NODES_NOT_CONNECTED": "medium",
    "BACKEND_MISSING": "low",
}


def codes(checked: ArchitectureSpec) -> list[str]:
    """Return the codes of the findings on a specification."""
    return [finding.code for finding in critique(checked).findings]


def kind_of(value: Mapping[str, Any]) -> NodeKind | None:
    """Return the kind that is read from a node."""
    return read_graph(spec(value)).nodes[0].kind


def test_every_rule_has_a_broken_example() -> None:
    assert set(BROKEN) == set(CRITIQUE_CODES)
    assert [code for code in CRITIQUE_CODES if not re.fullmatch("[A-Z]+(_[A-Z]+)*", code)] == []


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_rule_is_found_with_its_nodes(code: str) -> None:
    checked, node_ids = BROKEN[code]

    found = {finding.code: finding for finding in critique(checked).findings}

    assert found[code].node_ids == node_ids
    assert found[code].severity is CRITIQUE_CODES[code]
    assert found[code].problem.endswith(".")
    assert found[code].recommendation.endswith(".")


@pytest.mark.parametrize("code", SEVERITIES)
def test_severities_are_those_of_the_source(code: str) -> None:
    assert CRITIQUE_CODES[code] == SEVERITIES[code]


def test_a_complete_architecture_has_no_findings() -> None:
    result = critique(shop())

    assert result.findings == ()
    assert result.summary == "No problems found."
    assert not result.blocking
    assert result.warnings() == ()


@pytest.mark.parametrize(
    "code", [code for code, found in CRITIQUE_CODES.items() if found == "critical"]
)
def test_a_critical_finding_blocks_and_turns_all_findings_into_warnings(code: str) -> None:
    result = critique(BROKEN[code][0])

    assert result.blocking
    assert len(result.warnings()) == result.issue_count
    assert result.failure_reason.startswith("Architecture blocked: ")
    assert result.findings[0].problem in result.failure_reason
    assert "blocked" in result.summary


def test_only_high_findings_become_warnings_of_a_job_that_runs() -> None:
    result = critique(spec(WEB, API, edges=(WEB_TO_API,), prompt="make a website for bicycles"))

    assert not result.blocking
    assert [finding.severity for finding in result.findings] == ["high", "high", "medium"]
    assert result.warnings() == tuple(finding.warning for finding in result.findings[:2])
    assert result.high_severity_count == 2


def test_an_unknown_type_is_accepted_with_a_warning() -> None:
    result = critique(spec(node("q", "quantum", "Quantum API")))

    assert not result.blocking
    assert ["quantum" in warning for warning in result.warnings()] == [True]


@pytest.mark.parametrize("phrase", VAGUE_PHRASES)
def test_a_vague_phrase_is_found_in_any_case(phrase: str) -> None:
    assert "PROMPT_VAGUE" in codes(spec(WEB, prompt=f"Please {phrase.title()}, soon"))


def test_a_phrase_inside_another_word_is_not_vague() -> None:
    assert "PROMPT_VAGUE" not in codes(spec(WEB, prompt="build an appointment book for vets"))


@pytest.mark.parametrize(
    ("prompt", "description", "effective"),
    [
        ("  A shop ", "A store", "A shop"),
        (" \t\n ", " A store of old books ", "A store of old books"),
        ("", "   ", DEFAULT_PROMPT),
    ],
)
def test_a_blank_prompt_falls_back(prompt: str, description: str, effective: str) -> None:
    checked = spec(WEB, prompt=prompt, description=description)

    assert effective_prompt(checked) == effective
    assert checked.prompt == prompt


def test_a_prompt_of_spaces_is_judged_by_its_fallback() -> None:
    assert "PROMPT_TOO_SHORT" not in codes(spec(WEB, prompt="   "))
    assert "PROMPT_TOO_SHORT" in codes(spec(WEB, prompt="   ", description="a shop"))


def test_supabase_is_a_database_and_authentication() -> None:
    found = codes(spec(WEB, API, node("s", "supabase"), edges=(WEB_TO_API, edge("api", "s"))))

    assert found == []


def test_folders_entities_and_pages_need_no_connections() -> None:
    found = codes(spec(node("a", "folder"), node("b", "entity"), node("c", "page")))

    assert found == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"type": "backend"}, NodeKind.BACKEND),
        ({"type": "Database"}, NodeKind.DATABASE),
        ({"type": "customNode", "data": {"type": "api-server"}}, NodeKind.BACKEND),
        ({"type": "default", "data": {"kind": "PostgreSQL"}}, NodeKind.DATABASE),
        ({"type": "custom", "data": {"nodeType": "nextJs"}}, NodeKind.FRONTEND),
        ({"data": {"label": "User database"}}, NodeKind.DATABASE),
        ({"data": {"label": "Auth service"}}, NodeKind.AUTH),
        ({"data": {"label": "API gateway"}}, NodeKind.GATEWAY),
        ({"data": {"label": "userDatabase"}}, NodeKind.DATABASE),
        ({"id": "redis-1"}, NodeKind.CACHE),
        ({"id": "n1", "data": {"label": "Node 1"}}, None),
        ({"type": "quantum", "data": {"label": "API"}}, None),
        ({"type": 7, "data": "text"}, None),
        ({"type": ["backend"], "data": {"type": {"x": 1}}}, None),
        ({}, None),
    ],
)
def test_the_type_of_a_node_is_read_where_react_flow_stores_it(
    value: Mapping[str, Any], kind: NodeKind | None
) -> None:
    assert kind_of(value) == kind


@pytest.mark.parametrize("kind", NodeKind)
def test_every_kind_is_known_by_its_name_and_its_aliases(kind: NodeKind) -> None:
    for word in (kind.value, *ALIASES.get(kind, ())):
        assert kind_of({"type": word}) is kind
        assert kind_of({"type": word.upper()}) is kind


def test_ids_may_be_numbers() -> None:
    checked = spec(
        {"id": 1, "type": "frontend"},
        {"id": 2, "type": "worker"},
        edges=({"source": 1, "target": "2"},),
    )

    assert codes(checked) == ["BACKEND_MISSING"]


@pytest.mark.slow
@given(
    nodes=st.lists(json_objects, max_size=6),
    edges=st.lists(json_objects, max_size=6),
    prompt=texts,
)
def test_no_shape_of_json_is_an_error(
    nodes: list[dict[str, Any]], edges: list[dict[str, Any]], prompt: str
) -> None:
    checked = spec(*nodes, edges=tuple(edges), prompt=prompt)

    result = critique(checked)

    assert result == critique(checked)
    assert result.blocking == any(
        finding.severity is Severity.CRITICAL for finding in result.findings
    )
    assert all(len(warning) <= 1_000 and warning.isprintable() for warning in result.warnings())


def test_names_in_problems_are_short_and_few() -> None:
    nodes = [node(f"{number} {'long ' * 100}\n", "odd") for number in range(500)]

    problems = [finding.problem for finding in critique(spec(*nodes)).findings]

    assert all(len(problem) < 1_000 and "\n" not in problem for problem in problems)
    assert any("and 495 more" in problem for problem in problems)


def test_the_prompt_is_long_enough_by_default() -> None:
    assert effective_prompt(shop()) == PROMPT
    assert "PROMPT_TOO_SHORT" not in codes(spec(WEB, prompt=""))
