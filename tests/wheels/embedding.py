"""Embeds texts where every socket is shut: `python -I embedding.py`, with indelible-wordllama installed."""

import logging
import sys

from indelible_wordllama import WordLlamaEmbedder


def shut(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to open a socket, whoever in this process asks."""
    if event.startswith("socket."):
        raise OSError(event, arguments)


sys.addaudithook(shut)
puppy, dog, bond = (each.values for each in WordLlamaEmbedder().embed(["puppy", "dog", "bond"]))
near, far = (sum(a * b for a, b in zip(puppy, other, strict=True)) for other in (dog, bond))
assert near > far, (near, far)
print(
    f"{len(puppy)} numbers; 'puppy' is nearer to 'dog' than to 'bond'; root handlers: {len(logging.root.handlers)}"
)
