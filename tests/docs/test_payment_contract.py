"""The page of the payment contract has the five conditions of seed 002, each as the code has it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from docs.generators.payment_contract import payment_contract_page
from tests.architecture.pages import rows

from indelible.money import CHARGE, ChargeStatus, ReconciliationRule
from indelible.money.errors.registry import PAYMENT_CODES
from indelible.money.rules.events import EVENT_TYPES
from indelible.money.rules.events.facts import READERS
from indelible.money.rules.reconciliation import CHEAP_RULES, GRACE_BY_RULE
from indelible.money.rules.rule_texts import RULE_TEXTS
from indelible_web.money.routes import routes
from indelible_web.money.webhooks import RULE

DOCS: Final = Path(__file__).parents[2] / "docs"
COMMITTED_PAGE: Final = DOCS / "reference" / "payment-contract.md"
FREEZE: Final = DOCS / "iterations" / "04-contract-freeze.md"
PAGE: Final = payment_contract_page()


def test_every_endpoint_of_payers_is_listed_with_its_schemas() -> None:
    for operation in routes.operations:
        rule = operation.rule.replace("<", "{").replace(">", "}")
        assert f"`{operation.method} /v1{rule}`" in PAGE
    for name in ("IntentView", "CheckoutView", "PaymentView", "NewIntentBody"):
        assert f"### {name}\n" in PAGE


def test_the_procedure_of_the_webhook_has_the_numbers_of_the_code() -> None:
    assert f"`POST {RULE}`" in PAGE
    assert "524,288 bytes" in PAGE
    assert "within 300 seconds" in PAGE


def test_events_without_an_effect_are_listed_apart() -> None:
    effects, _, others = PAGE.partition("Events that are stored and change nothing")
    stored_only = others.partition("## 3.")[0]

    for name in EVENT_TYPES:
        has_effect = name in READERS
        assert (f"- `{name}`\n" in effects) == has_effect
        assert (f"- `{name}`\n" in stored_only) != has_effect


def test_every_rule_of_the_reconciliation_is_described() -> None:
    assert set(RULE_TEXTS) == set(ReconciliationRule)
    for rule in ReconciliationRule:
        assert f"| {rule.value} | " in PAGE


def test_every_rule_has_the_grace_and_the_period_of_the_code() -> None:
    listed = {row[0]: row[2:] for row in rows(PAGE, "rule")}

    assert listed["R1"] == ["at once", "hourly and daily"]
    assert listed["R2"] == ["after 60 minutes", "daily"]
    assert listed["R3"] == ["on the next day", "daily"]
    assert listed["R5"] == ["after 15 minutes", "hourly and daily"]
    for rule in ReconciliationRule:
        reported, runs = listed[rule.value]
        assert (reported == "at once") == (rule not in GRACE_BY_RULE)
        assert runs == ("hourly and daily" if rule in CHEAP_RULES else "daily")


@pytest.mark.parametrize("rule", GRACE_BY_RULE)
def test_the_page_is_stale_once_a_grace_has_changed(
    rule: ReconciliationRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRACE_BY_RULE, rule, timedelta(minutes=7))
    changed = payment_contract_page()

    assert changed != COMMITTED_PAGE.read_text("utf-8")
    assert f"| {rule.value} | {RULE_TEXTS[rule]} | after 7 minutes | " in changed


def test_every_code_of_the_registry_is_listed() -> None:
    for entry in PAYMENT_CODES:
        assert f"| `{entry.code}` | " in PAGE


def test_no_state_of_a_payment_is_hidden() -> None:
    for status in ChargeStatus:
        assert f"`{status.value}`" in PAGE
    for edge in CHARGE.edges:
        assert f"| `{edge.from_state or '-'}` | `{edge.action}` | `{edge.to_state}` |" in PAGE


def test_the_page_has_the_five_conditions_of_the_seed_in_order() -> None:
    titles = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)

    assert titles == [
        "1. Endpoints and schemas",
        "2. The webhook",
        "3. Reconciliation",
        "4. Error codes",
        "5. States",
    ]


def test_the_page_says_that_it_was_closed_before_the_automatic_payout() -> None:
    text = " ".join(PAGE.split())

    assert "closed before [iteration 05](../iterations/05-automatic-payout.md)" in text
    assert "Closed before [iteration 05](05-automatic-payout.md)" in FREEZE.read_text("utf-8")


def test_every_schema_that_the_page_links_to_is_on_it() -> None:
    links = set(re.findall(r"\]\(#([a-z]+)\)", PAGE))
    titles = {title.lower() for title in re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)}

    assert links
    assert links <= titles


def test_the_committed_page_is_the_generated_one() -> None:
    assert COMMITTED_PAGE.read_text("utf-8") == PAGE
