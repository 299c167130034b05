"""Fixtures of the folder whose proofs are repeated here."""

from tests.core.reactions.conftest import run

__all__ = [
    "run",
]
