"""Run tests on a broken copy of the packages."""

import re
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

from attrs import frozen
from tests.repetition.lines import Line
from tests.repetition.mutants import mutate
from tests.repetition.recording import function_name

FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (tests/\S+\.py(?:::\w+)*)", re.MULTILINE)
# Exit codes of pytest: all passed, some failed, none ran. With others it could not even import the
# tests, or a signal ended it.
COMPLETED: Final = (0, 1, 5)
UNKNOWN_TEST: Final = "ERROR: not found: "
MAX_SECONDS: Final = 600


@frozen
class Outcome:
    """The result of the tests of a mutant: the functions that failed, and if pytest could start."""

    caught_by: tuple[str, ...]
    ran: int
    broke_run: bool = False
    timed_out: bool = False

    @property
    def is_caught(self) -> bool:
        """Return whether a test, the run itself or a time limit noticed the mutation."""
        return bool(self.caught_by) or self.broke_run or self.timed_out


@contextmanager
def broken(copy: Path, line: Line, random: Random) -> Generator[str | None]:
    """Break a line of the copy during the block, and yield a description of the mutation."""
    path = copy / line.file
    source = path.read_text(encoding="utf-8")
    mutant = mutate(source, line.number, random)
    if mutant is None:
        yield None
        return

    broken_source, text = mutant
    try:
        path.write_text(broken_source, encoding="utf-8")
        yield text
    finally:
        path.write_text(source, encoding="utf-8")


def run_functions(copy: Path, functions: Sequence[str], *, max_failures: int) -> Outcome:
    """Run test functions in their order on the copy, each with a few cases."""
    if not functions:
        return Outcome((), 0)

    options = ("-n0", "-q", "-m", "", "-p", "no:randomly", "-p", "tests.repetition.recording")
    command = (sys.executable, "-m", "pytest", *options, f"--maxfail={max_failures}", *functions)
    try:
        run = subprocess.run(
            command, cwd=copy, capture_output=True, text=True, check=False, timeout=MAX_SECONDS
        )
    except subprocess.TimeoutExpired:
        return Outcome((), len(functions), timed_out=True)

    if UNKNOWN_TEST in run.stdout + run.stderr:
        raise SystemExit(f"{run.stdout}{run.stderr}\nThe recording belongs to other tests.")
    failed = tuple(dict.fromkeys(map(function_name, FAILED.findall(run.stdout))))
    return Outcome(failed, len(functions), broke_run=run.returncode not in COMPLETED)


def cheapest_first(functions: Iterable[str], seconds: dict[str, float]) -> list[str]:
    """Sort test functions by what they cost, the unknown ones last."""
    return sorted(functions, key=lambda name: (seconds.get(name, 1e9), name))
