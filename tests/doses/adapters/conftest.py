"""Fixtures of the folder whose proofs are repeated here."""

from tests.adapters.git.conftest import canary, hub, local, site
from tests.adapters.stripe.conftest import gateway, stripe_run

__all__ = [
    "canary",
    "gateway",
    "hub",
    "local",
    "site",
    "stripe_run",
]
