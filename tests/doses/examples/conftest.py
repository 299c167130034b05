"""Fixtures of the folder whose proofs are repeated here."""

from tests.examples.conftest import host, opened

__all__ = [
    "host",
    "opened",
]
