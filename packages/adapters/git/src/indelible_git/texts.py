"""Texts of others for errors and commits: on one line, bounded, without secrets."""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "***"
USER_IN_URL: Final = re.compile(r"(?<=://)[^\s/@]*@")


def one_line(text: str, max_characters: int) -> str:
    """Return a text on one line, without control characters and with single spaces."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:max_characters].strip()


def mask(text: str, secrets: Iterable[str]) -> str:
    """Return a text without the secrets and without users and passwords of addresses."""
    for secret in secrets:
        text = text.replace(secret, MASK)

    return USER_IN_URL.sub(f"{MASK}@", text)
