"""Fixtures of the folder whose proofs are repeated here."""

from tests.service.conftest import (
    empty,
    environment,
    export,
    own_directory,
    restored_logging,
    restored_signal_handlers,
    store,
)

__all__ = [
    "empty",
    "environment",
    "export",
    "own_directory",
    "restored_logging",
    "restored_signal_handlers",
    "store",
]
