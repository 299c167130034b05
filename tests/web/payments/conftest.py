"""Fixtures of payments over real sockets."""

from collections.abc import Generator
from pathlib import Path

import pytest
from tests.web.payments.running import PaymentServer, payment_server


@pytest.fixture
def server(tmp_path: Path) -> Generator[PaymentServer]:
    """Yield a server with one entry that is not paid."""
    with payment_server(tmp_path) as running:
        yield running
