"""The shipped alert rules: Prometheus reads them, and each leads to the runbook of its failure."""

import re

from tests.promtool import promtool
from tests.runbooks.rules import alert_rules, documents, rule_files

from indelible.failure_modes import FAILURE_MODES
from indelible_service.contexts import CONTEXTS

SEVERITIES = {"warning", "critical"}


def test_promtool_reads_every_rule_file() -> None:
    result = promtool("check", "rules", *rule_files())

    assert result.returncode == 0, result.stdout
    assert result.stdout.count("SUCCESS") == len(rule_files())


def test_each_file_has_the_name_of_a_context_and_one_group() -> None:
    contexts = {context.name for context in CONTEXTS}

    for file in rule_files():
        assert file.stem in contexts | {"operations"}
        assert re.findall(r"- name: (\S+)", file.read_text("utf-8")) == [f"indelible-{file.stem}"]


def test_alerts_and_failure_modes_name_each_other() -> None:
    pages = {alert: mode.page for mode in FAILURE_MODES for alert in mode.alerts}

    assert {rule.name: rule.annotations["runbook"] for rule in alert_rules()} == pages
    assert len(alert_rules()) == len(pages)


def test_an_alert_has_a_severity_and_one_sentence_that_says_what_is_wrong_and_for_whom() -> None:
    for rule in alert_rules():
        summary = rule.annotations["summary"]
        assert rule.severity in SEVERITIES, rule.name
        assert set(rule.annotations) == {"summary", "runbook"}, rule.name
        assert summary.endswith("."), rule.name
        assert "\n" not in summary


def test_a_rule_has_only_known_fields() -> None:
    for _, rule in documents():
        fields = {"record", "expr"} if "record" in rule else {"alert", "expr", "labels"}
        assert fields <= set(rule) <= fields | {"for", "annotations"}
        assert set(rule.get("labels", {})) <= {"severity"}
