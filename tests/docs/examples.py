"""Find the tested examples of a page."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.architecture.sources import ROOT

PAGES = (
    ROOT / "README.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts),
)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^ *```(\w+)", re.MULTILINE)
# A reader saves a whole file of `tests/examples` that a page shows, under its name.
MARKED = re.compile(
    r"^<!-- (?:tested(?:: ([\w./]+))?|code: tests/examples/([\w./]+)) -->\n"
    r"```(python|sh|sql|json)\n(.*?)^```\n"
    r"(?:\n[^\n]*prints:?\n\n```text\n(.*?)^```$|\nprints (`.*?)[.:]?$)?",
    re.DOTALL | re.MULTILINE,
)
QUOTED = re.compile(r"`([^`]+)`")
CONTINUES = re.compile(
    r"The commands continue \[[^]]+\]\((?P<page>[\w-]+\.md)\): "
    r"follow it(?: up to \*(?P<end>[^*]+)\*)?"
)
INSTALLATION = "install"


class Example(NamedTuple):
    """An example: the file that it is saved as, its language and text, and its output.

    A page shows the whole output in a block, or quotes the first lines in a sentence.
    """

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


def examples(page: Path) -> list[Example]:
    """Return the marked examples of a page in their order."""
    return [example_of(match) for match in MARKED.finditer(page.read_text(encoding="utf-8"))]


def example_of(match: re.Match[str]) -> Example:
    """Return the example of a match."""
    file, shown_file, *rest = match.groups(default="")
    return Example(file or shown_file, *rest)


def continuations() -> dict[Path, list[tuple[str, Path]]]:
    """Map each page to those that continue it, with the heading before which a reader leaves it.

    The heading is "" for a page that is followed to its end.
    """
    pages: dict[Path, list[tuple[str, Path]]] = {}
    for page in PAGES:
        match = CONTINUES.search(page.read_text(encoding="utf-8"))
        if match:
            pages.setdefault(page.parent / match["page"], []).append((match["end"] or "", page))

    return pages


def itinerary(
    page: Path, continued_by: Mapping[Path, list[tuple[str, Path]]]
) -> Iterator[tuple[Path, Example]]:
    """Yield the examples of a page, and where a page continues it, those of that page.

    Raises: ValueError if the page has no such heading.
    """
    text = page.read_text(encoding="utf-8")
    detours: list[tuple[int, Path]] = []
    for heading, other in continued_by.get(page, []):
        end = text.index(f"\n## {heading}\n") if heading else len(text)
        detours.append((end, other))
    detours.sort(reverse=True)

    for match in MARKED.finditer(text):
        while detours and detours[-1][0] < match.start():
            yield from itinerary(detours.pop()[1], continued_by)
        yield page, example_of(match)
    while detours:
        yield from itinerary(detours.pop()[1], continued_by)
