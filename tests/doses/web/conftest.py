"""Fixtures of the folder whose proofs are repeated here."""

from tests.web.conftest import (
    any_store,
    any_web,
    failing,
    renewable,
    renewable_gateway,
    shared,
    shared_wallets,
    shared_with_chain,
    shared_with_stripe,
    signing,
    till,
    wallets,
    web,
)

__all__ = [
    "any_store",
    "any_web",
    "failing",
    "renewable",
    "renewable_gateway",
    "shared",
    "shared_wallets",
    "shared_with_chain",
    "shared_with_stripe",
    "signing",
    "till",
    "wallets",
    "web",
]
