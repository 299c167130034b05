"""The port for ids and secrets: no other module reads randomness."""

import secrets
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

SECRET_BYTES = 32
UUID_VERSION = 0x7
UUID_VARIANT = 0b10


class Ids(Protocol):
    """A source of ids and secrets."""

    def new(self) -> str:
        """Return an id that was never returned before."""
        ...

    def secret(self) -> str:
        """Return 256 random bits in hex."""
        ...


class TimeOrderedIds:
    """UUIDv7 texts, which sort by the millisecond of their creation."""

    def new(self) -> str:
        """Return an id that was never returned before."""
        milliseconds = int(datetime.now(UTC).timestamp() * 1000)
        version_and_random = UUID_VERSION << 76 | secrets.randbits(76)
        without_variant = version_and_random & ~(0b11 << 62)
        low_bits = without_variant | UUID_VARIANT << 62
        return str(UUID(int=milliseconds << 80 | low_bits))

    def secret(self) -> str:
        """Return 256 random bits in hex."""
        return secrets.token_hex(SECRET_BYTES)
