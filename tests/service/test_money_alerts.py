"""The alert rules of money: each names metrics that exist, its severity and what to do."""

import re
from typing import Any

import yaml
from tests.architecture.sources import ROOT

from indelible.money.errors.registry import PAYMENT_CODES
from indelible.money.lifecycle.payouts import TransferStatus
from indelible_service.contexts.money_metrics import MoneyMetrics

FILE = ROOT / "docs" / "reference" / "money-alerts.yml"
METRIC = re.compile(r"\bindelible_\w+")
SUFFIX = re.compile(r"_(bucket|count|sum)$")
# Metrics that the web server measures; the reference lists them.
OF_WEB = {
    "indelible_webhook_requests_total",
    "indelible_outbox_lag_seconds",
    "indelible_idempotency_hits_total",
    "indelible_subject_silent",
}
# Metrics that every worker measures, whatever its stages are about.
OF_WORKERS = {"indelible_worker_heartbeat_age_seconds"}
# The names of the fact sheet, section 9. `webhook_signature_failures_total` is a code of
# `webhook_requests_total`, which counts each kind of refusal.
NAMED = {
    "indelible_webhook_latency_seconds",
    "indelible_webhook_events_total",
    "indelible_webhook_dead_letters",
    "indelible_payment_state",
    "indelible_ledger_unbalanced",
    "indelible_reconciliation_discrepancy_cents",
    "indelible_payout_transfers",
    "indelible_payout_age_seconds",
    "indelible_payout_attempts_total",
    "indelible_stripe_breaker_open",
    "indelible_payout_failure_ratio",
}


def rules() -> list[dict[str, Any]]:
    """Return the alert rules."""
    (group,) = yaml.safe_load(FILE.read_text())["groups"]
    listed: list[dict[str, Any]] = group["rules"]
    return listed


def metrics_of_workers() -> set[str]:
    """Return the metrics of money that workers measure; a counter ends in `_total`."""
    names: set[str] = set()
    for metric in MoneyMetrics().registry.collect():
        names.add(f"{metric.name}_total" if metric.type == "counter" else metric.name)
    return names


def test_every_metric_of_the_fact_sheet_exists() -> None:
    assert metrics_of_workers() >= NAMED


def test_an_alert_names_metrics_that_exist() -> None:
    known = metrics_of_workers() | OF_WEB | OF_WORKERS
    reference = (ROOT / "docs" / "reference" / "metrics.md").read_text()

    for rule in rules():
        names = {SUFFIX.sub("", name) for name in METRIC.findall(rule["expr"])}
        assert names
        assert names <= known, rule["alert"]
    for name in OF_WEB | OF_WORKERS:
        assert f"`{name}`" in reference


def test_an_alert_names_states_and_codes_that_exist() -> None:
    states = {status.value for status in TransferStatus}
    codes = {error.code for error in PAYMENT_CODES}

    for rule in rules():
        for text in re.findall(r'state=~?"([^"]+)"', rule["expr"]):
            assert set(text.split("|")) <= states
        assert set(re.findall(r'code="([^"]+)"', rule["expr"])) <= codes


def test_an_alert_has_a_severity_and_says_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]

    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"].endswith(".")


def test_the_page_of_metrics_links_the_rules() -> None:
    page = FILE.with_name("metrics.md").read_text("utf-8")

    assert f"]({FILE.name})" in page
