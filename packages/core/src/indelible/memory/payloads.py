"""Payloads in memory."""

from typing import Self

from attrs import field, frozen

from indelible.kernel.payloads import Payload, PayloadNotFound

PayloadRows = dict[str, Payload]


@frozen
class MemoryPayloads:
    """The payloads of a store, by their digests."""

    _rows: PayloadRows = field(factory=PayloadRows)

    def get(self, digest: str) -> Payload:
        """Return the payload with this digest, or raise PayloadNotFound."""
        if digest not in self._rows:
            raise PayloadNotFound(digest)

        return self._rows[digest]

    def add(self, payload: Payload) -> Payload:
        """Store the payload, and return the one that was stored first."""
        payload.check()
        return self._rows.setdefault(payload.digest, payload)

    def copy(self) -> Self:
        """Return a draft that can be discarded."""
        return type(self)(self._rows.copy())
