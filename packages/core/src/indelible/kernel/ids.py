"""Where ids and secrets come from: a handler may not invent one."""

import secrets
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

SECRET_BYTES = 32


class Ids(Protocol):
    """Where ids and secrets come from."""

    def new(self) -> str:
        """An id that was never given before."""
        ...

    def secret(self) -> str:
        """A text of 256 random bits, in hex."""
        ...


class TimeOrderedIds:
    """UUIDv7 texts, which sort by the millisecond they were made in."""

    def new(self) -> str:
        """An id that was never given before."""
        milliseconds = int(datetime.now(UTC).timestamp() * 1000)
        version_and_random = 0x7 << 76 | secrets.randbits(76)
        variant_and_random = version_and_random & ~(0b11 << 62) | 0b10 << 62
        return str(UUID(int=milliseconds << 80 | variant_and_random))

    def secret(self) -> str:
        """A text of 256 random bits, in hex."""
        return secrets.token_hex(SECRET_BYTES)
