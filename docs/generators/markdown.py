"""Pages in Markdown, and what their words are made of."""

import inspect
import re
from collections.abc import Iterable

HEADER = "<!-- Written by docs/generate.py from the code. -->\n\n"
QUALIFIED = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z_])")
VARIANCE = re.compile(r"[~+](?=[A-Z])|_co\b")
OPTIONAL = re.compile(r"Optional\[((?:[^\[\]]|\[[^\[\]]*\])*)\]")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page(title: str, *parts: str) -> str:
    """A page in Markdown."""
    return HEADER + "\n".join((f"# {title}\n", *parts))


def cell(text: str) -> str:
    """The text as a table's cell takes it, in one line."""
    return " ".join(text.split()).replace("|", "\\|")


def coded(text: str) -> str:
    """The text as code in a cell, nothing for nothing."""
    return f"`{cell(text)}`" if text else ""


def first_sentence(thing: object) -> str:
    """The first line of the docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def plain_types(signature: str) -> str:
    """A signature with the types' own names: no modules, and no signs of variance."""
    return OPTIONAL.sub(r"\1 | None", VARIANCE.sub("", QUALIFIED.sub("", signature)))
