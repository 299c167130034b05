"""Each state of a charge, webhook step and movement has a test that asserts what its row says."""

import re
from collections.abc import Iterable
from typing import Final

import pytest
from tests.architecture.asserted import asserted_words, parameter_words, skip_marks_of, used_words
from tests.architecture.called import Module, module_of
from tests.architecture.charge_rows import CHARGES
from tests.architecture.money_rows import AFTER, BAD_INPUT, STATES, STEPS, Row
from tests.architecture.movement_rows import MOVEMENTS
from tests.architecture.webhook_rows import WEBHOOKS

from indelible.money import MovementKind
from indelible.money.lifecycle.payments import CHARGE
from indelible.money.rules.events import EVENT_TYPES

ROWS: Final = (*CHARGES, *WEBHOOKS, *MOVEMENTS)
# The files whose tests send HTTP requests to a server, which asks the simulator of Stripe.
OVER_HTTP: Final = frozenset({STATES, STEPS, BAD_INPUT, AFTER})
# Actions of a charge that no row names: Stripe does not report them, or an operator causes them.
OTHER_ACTIONS: Final = frozenset(
    {"attach_intent", "attach_session", "extend", "quarantine", "retry_refund", "refund_outside"}
    | {"refund_part_outside", "fail_part_refund", "dispute_part_refunded", "win_part_refunded"}
)
# Edges of named actions that the facts do not have: what a partial refund has left can be refunded,
# and a bank can return a refund that had succeeded.
OTHER_EDGES: Final = frozenset(
    {
        ("PARTIALLY_REFUNDED", "request_refund", "REFUND_PENDING"),
        ("PARTIALLY_REFUNDED", "fail_refund", "SUCCEEDED"),
        ("REFUNDED", "fail_refund", "SUCCEEDED"),
    }
)
# Kinds of our own: money of another charge, the mirror of a wrong movement, and its proposal.
OTHER_KINDS: Final = frozenset({"PAYMENT_QUARANTINED", "REVERSAL", "REVERSAL_PROPOSED"})
SUBSCRIBED: Final = frozenset(
    {f"payment_intent.{name}" for name in ("succeeded", "payment_failed", "processing")}
    | {"payment_intent.requires_action", "payment_intent.canceled", "charge.refunded"}
    | {f"refund.{name}" for name in ("created", "updated", "failed")}
    | {f"charge.dispute.{name}" for name in ("created", "updated", "closed")}
    | {f"charge.dispute.funds_{name}" for name in ("withdrawn", "reinstated")}
    | {f"transfer.{name}" for name in ("created", "updated", "reversed")}
    | {"account.updated", "payout.paid", "payout.failed"}
)


def edges_of(rows: Iterable[Row]) -> set[tuple[str, str, str]]:
    """Return the edges that rows name."""
    edges: set[tuple[str, str, str]] = set()
    for row in rows:
        edges.update(row.edges)
    return edges


def missing(expected: Iterable[str], words: Iterable[str]) -> list[str]:
    """Return the expected words that stand in none of the words of a test."""
    text = "\n".join(words)
    return [
        word for word in expected if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is None
    ]


def test_the_rows_of_5_1_are_the_edges_of_a_charge_that_stripe_moves() -> None:
    edges: set[tuple[str, str, str]] = set()
    for edge in CHARGE.edges:
        if edge.action not in OTHER_ACTIONS:
            edges.add((edge.from_state, edge.action, edge.to_state))

    assert edges_of(CHARGES) == edges - OTHER_EDGES
    assert edges >= OTHER_EDGES


def test_every_step_of_5_5_and_every_subscribed_type_has_a_row() -> None:
    steps = {row.fact[0] for row in WEBHOOKS if row.fact[0].isdigit()}

    assert steps == set("12345678")
    assert set(EVENT_TYPES) == SUBSCRIBED


def test_every_kind_of_movement_of_5_7_has_a_row() -> None:
    kinds = {row.fact.partition(" ")[0] for row in MOVEMENTS}

    assert kinds >= set(MovementKind) - OTHER_KINDS


@pytest.mark.parametrize("row", [*CHARGES, *WEBHOOKS], ids=lambda row: row.name)
def test_the_rows_of_5_1_and_5_5_are_tested_over_http(row: Row) -> None:
    assert row.path in OVER_HTTP


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_test_of_a_row_runs_and_asserts_what_the_row_says(row: Row) -> None:
    module = module_of(row.path)

    assert row.test in module.functions
    assert skip_marks_of(module, row.test) == []
    assert missing(row.cases, parameter_words(module, row.test)) == []
    assert missing(row.uses, used_words(module, row.test)) == []
    assert missing(row.asserts, asserted_words(module, row.test)) == []


TEST: Final = """
PAID = ("SUCCEEDED", "ACTIVE")

@pytest.mark.parametrize("status", ["PENDING", "FAILED"])
def test_it(server, status):
    server.attempt(status)
    {}
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pass", ["SUCCEEDED"]),
        ("assert True, 'SUCCEEDED'", ["SUCCEEDED"]),
        ("assert server.outcome('SUCCEEDED')", ["SUCCEEDED"]),
        ("assert server.outcome() not in PAID", ["SUCCEEDED"]),
        ("assert server.outcome() == PAID", []),
    ],
)
def test_a_test_that_asserts_nothing_of_a_row_is_found(body: str, expected: list[str]) -> None:
    module = Module.of(TEST.format(body))

    assert missing(["PENDING", "FAILED"], parameter_words(module, "test_it")) == []
    assert missing(["SUCCEEDED"], parameter_words(module, "test_it")) == ["SUCCEEDED"]
    assert missing(["PENDING", "attempt"], used_words(module, "test_it")) == []
    assert missing(["SUCCEEDED"], asserted_words(module, "test_it")) == expected
