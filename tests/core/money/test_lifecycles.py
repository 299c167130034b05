"""The lifecycles of money have the edges of the fact sheet."""

import pytest

from indelible.money import (
    CHARGE,
    MOVEMENT,
    REFUND,
    TERMINAL_TRANSFER,
    TRANSFER,
    UNPAID_CHARGE,
    ChargeStatus,
    TransferStatus,
)

# The rows of the fact sheet, section 5.1: states before, action, state after.
CHARGE_ROWS = (
    (("",), "open", "PENDING"),
    (("PENDING", "FAILED"), "require_action", "REQUIRES_ACTION"),
    (("PENDING", "FAILED", "REQUIRES_ACTION"), "process", "PROCESSING"),
    (("PENDING", "REQUIRES_ACTION", "PROCESSING", "FAILED"), "succeed", "SUCCEEDED"),
    (("PENDING", "REQUIRES_ACTION", "PROCESSING"), "fail", "FAILED"),
    (("PENDING", "REQUIRES_ACTION", "FAILED"), "cancel", "CANCELED"),
    (("SUCCEEDED",), "request_refund", "REFUND_PENDING"),
    (("REFUND_PENDING",), "refund", "REFUNDED"),
    (("REFUND_PENDING",), "refund_part", "PARTIALLY_REFUNDED"),
    (("REFUND_PENDING",), "fail_refund", "SUCCEEDED"),
    (("SUCCEEDED",), "dispute", "DISPUTED"),
    (("REFUNDED",), "dispute_refunded", "DISPUTED"),
    (("DISPUTED",), "win", "SUCCEEDED"),
    (("DISPUTED",), "win_refunded", "REFUNDED"),
    (("DISPUTED",), "lose", "CHARGED_BACK"),
)
# The fact sheet, section 6.2.
TRANSFER_ROWS = (
    (("",), "plan", "pending"),
    (("pending", "retryable", "parked", "processing"), "claim", "processing"),
    (("processing",), "complete", "completed"),
    (("processing",), "retry", "retryable"),
    (("processing",), "park", "parked"),
    (("processing",), "fail", "failed_terminal"),
    (("parked",), "unclaim", "failed_terminal"),
)


@pytest.mark.parametrize(("states", "action", "to_state"), CHARGE_ROWS)
def test_a_charge_has_each_row_of_the_fact_sheet(
    states: tuple[str, ...], action: str, to_state: str
) -> None:
    for state in states:
        assert CHARGE.next(state, action) == to_state


@pytest.mark.parametrize(("states", "action", "to_state"), TRANSFER_ROWS)
def test_a_transfer_has_each_row_of_the_fact_sheet(
    states: tuple[str, ...], action: str, to_state: str
) -> None:
    for state in states:
        assert TRANSFER.next(state, action) == to_state


def test_a_charge_reaches_succeeded_only_by_payment_or_from_a_refund_or_a_dispute() -> None:
    leading = {edge.action for edge in CHARGE.edges if edge.to_state is ChargeStatus.SUCCEEDED}

    assert leading == {"succeed", "fail_refund", "win"}
    paying = {edge.from_state for edge in CHARGE.edges if edge.action == "succeed"}
    assert paying == UNPAID_CHARGE


def test_nothing_leads_out_of_a_canceled_or_charged_back_charge() -> None:
    assert CHARGE.allowed(ChargeStatus.CANCELED) == ()
    assert CHARGE.allowed(ChargeStatus.CHARGED_BACK) == ()


def test_nothing_changes_a_movement() -> None:
    assert MOVEMENT.allowed("POSTED") == ()


def test_a_terminal_transfer_is_never_sent_again_without_an_operator() -> None:
    leading = {edge.action for edge in TRANSFER.edges if edge.from_state in TERMINAL_TRANSFER}

    assert leading == {"adopt", "reissue", "record_reversal"}
    assert TRANSFER.next(TransferStatus.FAILED_TERMINAL, "reissue") is TransferStatus.PENDING


def test_every_call_to_stripe_has_an_attempt_before_it() -> None:
    adding = {edge.action for edge in TRANSFER.edges if edge.adds_version}
    refunding = {edge.action for edge in REFUND.edges if edge.adds_version}

    assert adding == {"claim"}
    assert refunding == {"attempt"}
