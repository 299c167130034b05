"""Parts of a page in Markdown."""

import inspect
import re
from collections.abc import Iterable

HEADER = "<!-- Written by docs/generate.py from the code. -->\n\n"
QUALIFIED = re.compile(r"(?<![/.\w])(?:[a-z_]\w*\.)+(?=[A-Za-z_])")  # no host of a URL
VARIANCE = re.compile(r"[~+](?=[A-Z])|_co\b")
OPTIONAL = re.compile(r"Optional\[((?:[^\[\]]|\[[^\[\]]*\])*)\]")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page(title: str, *parts: str) -> str:
    """Return a page in Markdown."""
    return HEADER + "\n".join((f"# {title}\n", *parts))


def cell(text: str) -> str:
    """Return the text in one line, escaped for a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def coded(text: str) -> str:
    """Return the text as code for a table's cell, or '' for an empty text."""
    return f"`{cell(text)}`" if text else ""


def first_sentence(thing: object) -> str:
    """Return the first line of the docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def plain_types(signature: str) -> str:
    """Return the signature without module names and without markers of variance."""
    unqualified = QUALIFIED.sub("", signature)
    invariant = VARIANCE.sub("", unqualified)

    return OPTIONAL.sub(r"\1 | None", invariant)
