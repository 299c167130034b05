"""The examples of a page: which are to be run, where, and what the page says that they print."""

import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine
from tests.architecture.sources import ROOT
from tests.docs.shell import in_a_shell

from indelible_sql import SqlStore

PAGES = (
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts),
)
FENCE = re.compile(r"^ *```(\w+)", re.MULTILINE)
MARKED = re.compile(
    r"^<!-- tested: (\w+)(?: ([\w.]+))? -->\n```(python|sql|sh|json)\n(.*?)^```\n"
    r"(?:\n[^\n]*prints:?\n\n```text\n(.*?)^```$|\nprints (`.*?)[.:]?$)?",
    re.DOTALL | re.MULTILINE,
)
SAYS = re.compile(r"`([^`]+)`")
INSTALLS = "install"
Sql = Callable[[str], object]
Settle = Callable[[str], object]


class Example(NamedTuple):
    """Where an example runs, the file that it is saved as, its language, its text, and what it is said to print."""

    place: str
    file: str
    language: str
    text: str
    prints: str
    says: str

    def is_as_said(self, out: str) -> bool:
        """Whether it printed what the page says: all of a block, the beginning where single words are quoted."""
        if self.prints:
            return out == self.prints
        says = SAYS.findall(self.says)
        return out.split("\n")[: len(says)] == says


def examples(page: Path) -> list[Example]:
    """The marked examples of a page, in their order."""
    return [
        Example(*found.groups(default=""))
        for found in MARKED.finditer(page.read_text(encoding="utf-8"))
    ]


def outputs(page: Path, *, settle: Settle = str, sql: Sql = print) -> Iterator[tuple[Example, str]]:
    """Each example with what it printed; later ones see the names and files of earlier ones.

    Before each, its place is settled. What installs something is left to `tests.docs.follow`.
    """
    names: dict[str, Any] = {"__name__": "an_example"}
    try:
        for example in (each for each in examples(page) if each.place != INSTALLS):
            settle(example.place)
            yield example, _output(example, names, page.name, sql)
    finally:
        for value in names.values():
            if isinstance(value, SqlStore | Engine):
                value.dispose()


def _output(example: Example, names: dict[str, Any], page: str, sql: Sql) -> str:
    if example.file:
        Path(example.file).write_text(example.text, encoding="utf-8")
        return ""
    if example.language == "sh":
        return in_a_shell(example.text)
    if example.language == "sql":
        sql(example.text)
        return ""
    with redirect_stdout(StringIO()) as out:
        exec(compile(example.text, page, "exec"), names)  # noqa: S102 - it is what a reader would run
    return out.getvalue()
