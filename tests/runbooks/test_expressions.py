"""Alerts use metrics, labels and values that exist."""

from pathlib import Path

import yaml
from tests.promtool import promtool
from tests.runbooks.expressions import problems_of
from tests.runbooks.rules import documents, rule_files
from tests.service.processes import json_result

from indelible_service.contexts import CONTEXTS

NAMES = [context.name for context in CONTEXTS]


def test_every_metric_label_and_value_of_a_rule_exists() -> None:
    for _, rule in documents():
        assert list(problems_of(rule["expr"])) == [], rule


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
