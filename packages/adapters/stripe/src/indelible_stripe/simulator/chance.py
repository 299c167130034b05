"""Random decisions that depend on a seed and on what is decided, never on the order of threads."""

import json
from hashlib import sha256
from typing import Final

from attrs import frozen

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FRACTION_BYTES: Final = 7  # 56 bits: a float holds 53


@frozen
class Chance:
    """Derives fractions and ids from a seed and the parts of a subject."""

    seed: int

    def fraction(self, *parts: str | int) -> float:
        """Return a number from 0 up to, but not including, 1."""
        number = int.from_bytes(self._digest(parts)[:FRACTION_BYTES])
        return number / (1 << (8 * FRACTION_BYTES))

    def token(self, length: int, *parts: str | int) -> str:
        """Return letters and digits; at most 32."""
        letters = [ALPHABET[byte % len(ALPHABET)] for byte in self._digest(parts)]
        return "".join(letters[:length])

    def _digest(self, parts: tuple[str | int, ...]) -> bytes:
        return sha256(json.dumps([self.seed, *parts]).encode()).digest()
