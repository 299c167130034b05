"""Texts of users in Markdown, as text only: they never become links, images, HTML or headings."""

import re
from typing import Final

from indelible.projects.rules.texts import one_line, with_spaces

PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")  # Markdown allows to escape all of it
BACKTICKS: Final = re.compile("`+")


def escaped(text: str) -> str:
    """Return a text as one line without any markup."""
    return PUNCTUATION.sub(r"\\\1", one_line(text))


def code_cell(text: str) -> str:
    """Return a text as code in a cell of a table."""
    line = one_line(text)
    delimiter = "`" * (_longest_run(line) + 1)
    padding = " " if "`" in line else ""
    content = line.replace("|", r"\|")
    return f"{delimiter}{padding}{content}{padding}{delimiter}"


def fenced(text: str, language: str = "text") -> str:
    """Return a text of several lines in a code block, without control characters."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(with_spaces(line, _is_allowed_in_code).rstrip())

    content = "\n".join(lines)
    fence = "`" * max(3, _longest_run(content) + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def _is_allowed_in_code(character: str) -> bool:
    return character.isprintable() or character == "\t"


def _longest_run(text: str) -> int:
    """Return the length of the longest run of backticks."""
    runs = BACKTICKS.findall(text)
    return max((len(run) for run in runs), default=0)
