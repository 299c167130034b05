"""Alerts and panels use metrics, labels and values that exist."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from tests.promtool import promtool
from tests.runbooks.expressions import problems_of
from tests.runbooks.rules import documents, rule_files
from tests.service.processes import json_result

from indelible_service.alerts.panels import ROWS
from indelible_service.contexts import CONTEXTS

NAMES = [context.name for context in CONTEXTS]
LEGEND = re.compile(r"\{\{(\w+)\}\}")


def dashboard(*contexts: str) -> dict[str, Any]:
    """Return the dashboard that the command prints."""
    return json_result("alerts", "--dashboard", INDELIBLE_CONTEXTS=",".join(contexts))  # type: ignore[no-any-return] # any JSON


def panels(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels that are no titles of rows."""
    return [panel for panel in document["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """Return the expression of each query of the whole dashboard."""
    return [one["expr"] for panel in panels(dashboard(*NAMES)) for one in panel["targets"]]


def test_every_metric_label_and_value_of_a_rule_exists() -> None:
    for _, rule in documents():
        assert list(problems_of(rule["expr"])) == [], rule


def test_every_metric_label_and_value_of_a_panel_exists() -> None:
    for expression in expressions():
        assert list(problems_of(expression)) == [], expression


def test_the_legends_of_panels_name_labels_that_the_query_returns() -> None:
    for _, _, row in ROWS:
        for panel in row:
            for query in panel.queries:
                grouping = re.search(r"by \(([\w, ]+)\)", query.text)
                returned = set(grouping[1].split(", ")) if grouping else {"instance"}
                assert set(LEGEND.findall(query.legend)) <= returned, query


def test_promtool_reads_every_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{n}", "expr": text} for n, text in enumerate(expressions())]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")

    result = promtool("check", "rules", file)

    assert result.returncode == 0, result.stdout
    assert f"{len(rules)} rules found" in result.stdout


def test_a_dashboard_has_a_row_for_each_context_that_is_on() -> None:
    rows = [title for title, _, _ in ROWS]
    whole = [panel["title"] for panel in dashboard(*NAMES)["panels"] if panel["type"] == "row"]
    small = [panel["title"] for panel in dashboard("concepts")["panels"] if panel["type"] == "row"]

    assert whole == rows
    assert {context for _, context, _ in ROWS} == {None, *NAMES}
    assert small == [title for title, context, _ in ROWS if context in (None, "concepts")]


def test_panels_have_numbers_and_places_of_their_own() -> None:
    document = dashboard(*NAMES)
    places: set[tuple[int, int]] = set()

    assert document["uid"] == "indelible"
    numbers = [panel["id"] for panel in document["panels"]]
    assert numbers == sorted(set(numbers))
    for panel in document["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & places, panel["title"]
        places |= cells
        assert max(x for x, _ in cells) < 24
    for panel in panels(document):
        assert all(one["datasource"]["uid"] == "${datasource}" for one in panel["targets"])
        references = [one["refId"] for one in panel["targets"]]
        assert len(set(references)) == len(references)
        json.dumps(panel)


def test_the_command_prints_one_rule_file_of_the_contexts_that_are_on(tmp_path: Path) -> None:
    whole = json_result("alerts", INDELIBLE_CONTEXTS=",".join(NAMES))["rules"]
    small = json_result("alerts", INDELIBLE_CONTEXTS="concepts,captures")["rules"]
    file = tmp_path / "rules.yml"
    file.write_text(whole, "utf-8")

    groups = {group["name"] for group in yaml.safe_load(whole)["groups"]}
    assert groups == {f"indelible-{file.stem}" for file in rule_files()}
    small_groups = [group["name"] for group in yaml.safe_load(small)["groups"]]
    assert small_groups == ["indelible-operations", "indelible-captures"]
    assert promtool("check", "rules", file).returncode == 0
