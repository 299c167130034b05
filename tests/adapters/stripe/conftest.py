"""A simulator for a file of tests."""

from collections.abc import Generator

import pytest
from tests.adapters.stripe.controls import Controlled, controlled

from indelible.money.ports.gateway import StripeGateway


@pytest.fixture(scope="module")
def stripe_run() -> Generator[Controlled]:
    with controlled() as running:
        yield running


@pytest.fixture
def gateway(stripe_run: Controlled) -> StripeGateway:
    return stripe_run.gateway
