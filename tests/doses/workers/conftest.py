"""Fixtures of the folder whose proofs are repeated here."""

from tests.workers.conftest import bakery, store

__all__ = [
    "bakery",
    "store",
]
