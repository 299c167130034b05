"""Payments in a memory store."""

import pytest
from tests.core.money.payments import PaymentRun


@pytest.fixture
def run() -> PaymentRun:
    """Return a run without a charge."""
    return PaymentRun()
