"""Positions of writes as clients keep them: signed, so that nobody makes one up.

A made-up position would let the reads of others wait for nothing.
"""

from typing import Final

from attrs import field, frozen

from indelible.kernel.standbys import InvalidLogPosition
from indelible_web.http.signatures import equals_one, signature_of

SEPARATOR: Final = "."
MAX_CHARACTERS: Final = 120


@frozen
class Positions:
    """The positions of one deployment: the first secret signs, and those of all are valid."""

    _secrets: tuple[bytes, ...] = field(repr=False)

    def sign(self, position: str) -> str:
        """Return a position of the store for a header or a cookie, '' for ''."""
        if not position:
            return ""
        return _signed(self._secrets[0], position)

    def read(self, text: str) -> str:
        """Return the position of a text that `sign` has returned, '' for ''.

        Raises: InvalidLogPosition.
        """
        if not text:
            return ""

        position = text.partition(SEPARATOR)[2]
        candidates = [_signed(secret, position) for secret in self._secrets]
        if len(text) > MAX_CHARACTERS or not equals_one(text, candidates):
            raise InvalidLogPosition

        return position


def _signed(secret: bytes, position: str) -> str:
    return signature_of(secret, ["position", position]) + SEPARATOR + position
