"""Read the recorded lines: which test functions run which lines of our packages."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen
from coverage import Coverage, CoverageData

CONFIGURATION: Final = Path(__file__).with_name("coverage.ini")


@frozen
class Line:
    """A line of a file; its path begins with `packages/`."""

    file: str
    number: int

    @property
    def place(self) -> str:
        """Return the line as editors write it."""
        return f"{self.file}:{self.number}"


@frozen
class RecordedLines:
    """The lines of every file with the test functions that ran them."""

    by_line: Mapping[Line, frozenset[str]]

    def of_group(self, group: frozenset[str]) -> list[Line]:
        """Return the lines that a group of functions runs, in order."""
        lines = [line for line, functions in self.by_line.items() if functions & group]
        return sorted(lines, key=lambda line: (line.file, line.number))

    @property
    def functions(self) -> frozenset[str]:
        """Return every function that ran a line."""
        return frozenset[str]().union(*self.by_line.values())


def combine(directory: Path) -> CoverageData:
    """Combine the files that the processes of a recording wrote, and return their data."""
    coverage = Coverage(data_file=str(directory / "lines"), config_file=str(CONFIGURATION))
    coverage.combine([str(directory)], keep=True)
    return coverage.get_data()


def read_lines(data: CoverageData, root: Path) -> RecordedLines:
    """Return the recorded lines; lines that run at import only have no functions."""
    by_line: dict[Line, frozenset[str]] = {}
    for path in sorted(data.measured_files()):
        if not Path(path).is_relative_to(root):
            continue
        file = str(Path(path).relative_to(root))
        for number, contexts in data.contexts_by_lineno(path).items():
            by_line[Line(file, number)] = frozenset(_functions(contexts))

    return RecordedLines(by_line)


def _functions(contexts: list[str]) -> Iterator[str]:
    """Yield the names of functions; a child's context and one set later are joined by `|`."""
    for context in contexts:
        yield from (name for name in context.split("|") if name.startswith("tests/"))
