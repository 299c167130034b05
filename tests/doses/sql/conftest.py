"""Fixtures of the folder whose proofs are repeated here."""

from tests.sql.conftest import postgresql, proxy, simulated, sqlite, store

__all__ = [
    "postgresql",
    "proxy",
    "simulated",
    "sqlite",
    "store",
]
