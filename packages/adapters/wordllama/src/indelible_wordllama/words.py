"""The words of a text as a vector: texts that share words are near to each other.

Every word adds its weight to one of 768 places, which a hash of the word chooses, with the sign
that the hash chooses. So no vocabulary is stored, and the vector of a text never changes. Words
that share a place cancel out as often as they add up.
"""

import re
from collections import Counter
from hashlib import blake2b
from math import log1p
from typing import Final

from indelible.captures import Vector
from indelible.captures.entities.vectors import as_float32
from indelible.captures.rules.vectors import vec_unit

DIMENSION: Final = 768
HASH_BYTES: Final = 8
SIGN_BIT: Final = 1 << (8 * HASH_BYTES - 1)
WORD: Final = re.compile(r"\w{2,}")
# A short word ("the", "is") is in most texts, so it weighs less. Frequencies of words would be
# exact, but need a collection.
FULL_WEIGHT_LENGTH: Final = 6


def word_vector(text: str) -> Vector:
    """Return the vector of a text, of length 1; zeros where the text has no words."""
    counts = Counter(WORD.findall(text.casefold()))
    numbers = [0.0] * DIMENSION
    for word, count in counts.items():
        bits = int.from_bytes(blake2b(word.encode(), digest_size=HASH_BYTES).digest(), "big")
        weight = log1p(count) * min(1.0, len(word) / FULL_WEIGHT_LENGTH)
        if bits & SIGN_BIT:
            numbers[bits % DIMENSION] += weight
        else:
            numbers[bits % DIMENSION] -= weight

    if not any(numbers):
        return as_float32(numbers)
    return vec_unit(as_float32(numbers))
