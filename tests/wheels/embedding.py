"""Embed texts without a network: `python -I embedding.py`, with indelible-wordllama installed."""

import logging
import sys

from indelible_wordllama import WordLlamaEmbedder


def refuse_sockets(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to open a socket anywhere in this process."""
    if event.startswith("socket."):
        raise OSError(event, arguments)


def dot(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the dot product of two vectors."""
    return sum(a * b for a, b in zip(one, other, strict=True))


sys.addaudithook(refuse_sockets)
puppy, dog, bond = WordLlamaEmbedder().embed(["puppy", "dog", "bond"])
near, far = dot(puppy.values, dog.values), dot(puppy.values, bond.values)
assert near > far, (near, far)

handlers = len(logging.root.handlers)
print(
    f"{len(puppy.values)} numbers; 'puppy' is nearer to 'dog' than to 'bond'; {handlers} handlers"
)
