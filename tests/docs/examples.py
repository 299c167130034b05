"""Find the tested examples of a page, run them, and compare the output with the page."""

import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine
from tests.architecture.sources import ROOT
from tests.docs.shell import run_in_shell

from indelible_sql import SqlStore

PAGES = (
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts),
)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^ *```(\w+)", re.MULTILINE)
MARKED = re.compile(
    r"^<!-- tested: (\w+)(?: ([\w.]+))? -->\n```(python|sql|sh|json)\n(.*?)^```\n"
    r"(?:\n[^\n]*prints:?\n\n```text\n(.*?)^```$|\nprints (`.*?)[.:]?$)?",
    re.DOTALL | re.MULTILINE,
)
QUOTED = re.compile(r"`([^`]+)`")
INSTALLATION = "install"
RunSql = Callable[[str], object]
Prepare = Callable[[str], object]


class Example(NamedTuple):
    """An example: the environment that it runs in, its file, language and text, and its output.

    A page shows the whole output in a block, or quotes the first lines in a sentence.
    """

    environment: str
    file: str
    language: str
    text: str
    output: str
    quotes: str

    def matches(self, output: str) -> bool:
        """Return whether an output is the one of the page."""
        if self.output:
            return output == self.output

        lines = QUOTED.findall(self.quotes)
        return output.split("\n")[: len(lines)] == lines


def examples(page: Path, *, before: str = "") -> list[Example]:
    """Return the marked examples of a page in their order, those before a heading if one is given.

    Raises: ValueError if the page has no such heading.
    """
    text = page.read_text(encoding="utf-8")
    if before:
        text = text[: text.index(f"\n{before}\n")]
    return [Example(*match.groups(default="")) for match in MARKED.finditer(text)]


def outputs(
    page: Path, *, prepare: Prepare = str, run_sql: RunSql = print, before: str = ""
) -> Iterator[tuple[Example, str]]:
    """Run the examples of a page, or those before a heading, and yield each with its output.

    Later examples see the names and files of earlier ones. `prepare` gets the environment of each
    example before it runs. Installations are left to `tests.docs.follow`.
    """
    names: dict[str, Any] = {"__name__": "an_example"}
    try:
        for example in examples(page, before=before):
            if example.environment == INSTALLATION:
                continue
            prepare(example.environment)
            yield example, _run(example, names, page.name, run_sql)
    finally:
        for value in names.values():
            if isinstance(value, SqlStore | Engine):
                value.dispose()


def _run(example: Example, names: dict[str, Any], page: str, run_sql: RunSql) -> str:
    if example.file:
        Path(example.file).write_text(example.text, encoding="utf-8")
        return ""

    if example.language == "sh":
        return run_in_shell(example.text)

    if example.language == "sql":
        run_sql(example.text)
        return ""

    with redirect_stdout(StringIO()) as output:
        exec(compile(example.text, page, "exec"), names)  # noqa: S102 - a reader would run it

    return output.getvalue()
