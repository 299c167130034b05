"""Texts of users in messages and in generated files: printable and short."""

from collections.abc import Callable
from typing import Final

MAX_LINE_CHARACTERS: Final = 100
UNNAMED: Final = "(unnamed)"


def one_line(text: str) -> str:
    """Return a text as one printable line, shortened."""
    shortened = text[: 2 * MAX_LINE_CHARACTERS]
    line = " ".join(with_spaces(shortened, str.isprintable).split())
    if len(line) > MAX_LINE_CHARACTERS or len(text) > len(shortened):
        line = line[: MAX_LINE_CHARACTERS - 1].rstrip() + "…"

    return line or UNNAMED


def with_spaces(text: str, is_allowed: Callable[[str], bool]) -> str:
    """Return the text with a space for each character that is not allowed."""
    characters: list[str] = []
    for character in text:
        if is_allowed(character):
            characters.append(character)
        else:
            characters.append(" ")

    return "".join(characters)
