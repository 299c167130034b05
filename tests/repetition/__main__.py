"""Find tests that prove the same thing: `python -m tests.repetition --help`.

1. `record DIRECTORY`: run the whole suite, a few cases of each function, under coverage.py.
2. `places`: break places by seed, and count the tests that catch each.
3. `groups`: for groups of tests, break lines that they cover, and run the tests that stay.

`places` and `groups` change the packages of a copy of the repository, `--copy`, which must be
installed in this environment, and restore them.
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from coverage import CoverageData
from tests import proofs
from tests.repetition.lines import CONFIGURATION, Line, RecordedLines, combine, read_lines
from tests.repetition.mutants import mutable_lines
from tests.repetition.recording import function_name
from tests.repetition.running import Outcome, broken, cheapest_first, run_functions

ROOT: Final = Path(__file__).parents[2]
PARTS: Final = {
    "kernel": ("packages/core/src/indelible/kernel/",),
    "contexts": tuple(
        f"packages/core/src/indelible/{name}/"
        for name in ("captures", "concepts", "contests", "money", "projects", "tokens")
    ),
    "sql": ("packages/adapters/sql/src/",),
    "web": ("packages/web/src/",),
    "workers": ("packages/workers/src/", "packages/service/src/"),
}
MAX_CAUGHT: Final = 50  # more say no more: the place is proven often enough
MAX_FUNCTIONS: Final = 250  # of the cheapest that cover a place
FIRST_FUNCTIONS: Final = 25  # most mutations are caught by these, and to collect all takes long
MUTATIONS_OF_GROUP: Final = 5

Item = TypeVar("Item")


def record(arguments: Namespace) -> None:
    """Run the suite under coverage.py; arguments after `--` go to pytest."""
    directory = Path(arguments.directory).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    variables = {
        **os.environ,
        "COVERAGE_PROCESS_START": str(CONFIGURATION),
        "INDELIBLE_TEST_LINES": str(directory),
    }
    options = ("-m", "", "-p", "tests.repetition.recording", *arguments.pytest)
    command = (sys.executable, "-m", "pytest", *options)
    subprocess.run(command, cwd=ROOT, env=variables, check=False)
    combine(directory)


def seeded(*seed: object) -> Random:
    """Return a generator that draws the same for the same seed."""
    return Random(" ".join(map(str, seed)))  # noqa: S311 - repeatable, no secret


def recorded(directory: Path, copy: Path) -> RecordedLines:
    """Read a combined recording of the copy."""
    data = CoverageData(str(directory / "lines"))
    data.read()
    return read_lines(data, copy)


def seconds_of_functions(file: Path) -> dict[str, float]:
    """Add up the processor seconds of each function, from a file of `--costs-file`."""
    seconds: Counter[str] = Counter()
    for text in file.read_text(encoding="utf-8").splitlines():
        values = json.loads(text)
        if "test" in values:
            seconds[function_name(values["test"])] += values["processor_seconds"]

    return dict(seconds)


def candidates(lines: list[Line], copy: Path) -> list[Line]:
    """Return the lines that can be broken."""
    mutable: dict[str, set[int]] = {}
    result: list[Line] = []
    for line in lines:
        if line.file not in mutable:
            source = (copy / line.file).read_text(encoding="utf-8")
            mutable[line.file] = mutable_lines(source)
        if line.number in mutable[line.file]:
            result.append(line)

    return result


def places(arguments: Namespace) -> None:
    """Break places of each part, and write which functions catch each."""
    lines = recorded(arguments.lines, arguments.copy)
    seconds = seconds_of_functions(arguments.costs)
    random = seeded(arguments.seed)
    covered = sorted(
        (line for line, functions in lines.by_line.items() if functions),
        key=lambda line: (line.file, line.number),
    )
    chosen: list[tuple[str, Line]] = []
    for part, beginnings in PARTS.items():
        of_part = candidates(
            [line for line in covered if line.file.startswith(beginnings)], arguments.copy
        )
        chosen += [(part, line) for line in random.sample(of_part, arguments.number // len(PARTS))]

    for part, line in part_of(chosen, arguments):
        functions = cheapest_first(lines.by_line[line], seconds)[:MAX_FUNCTIONS]
        with broken(arguments.copy, line, seeded(arguments.seed, line.place)) as text:
            outcome = run_functions(arguments.copy, functions, max_failures=MAX_CAUGHT)
        covering = len(lines.by_line[line])
        write(arguments.output, _row(line, text, outcome) | {"part": part, "covering": covering})


def groups(arguments: Namespace) -> None:
    """Break lines that groups cover; a group may move if the tests that stay catch its five.

    All lines stand in one order by seed, and each group takes the first ones that it covers, so
    that a line of many groups is broken once. A line that the output has already is left out, so
    that a stopped run can be continued.
    """
    lines = recorded(arguments.lines, arguments.copy)
    seconds = seconds_of_functions(arguments.costs)
    moving = frozenset(name for name in lines.functions if proofs.contains(name))
    chosen = _lines_of_groups(lines, moving, arguments)
    finished = _finished_places(arguments.output)
    for line, names in part_of(sorted(chosen.items(), key=_place), arguments):
        if line.place in finished:
            continue
        covering = lines.by_line[line]
        staying = cheapest_first(covering - moving, seconds)[:MAX_FUNCTIONS]
        members = {function for function in covering & moving if _is_in(function, names)}
        random = seeded(arguments.seed, line.place)
        row = _catch(arguments.copy, line, random, staying, cheapest_first(members, seconds))
        write(arguments.output, row | {"groups": names})


def _lines_of_groups(
    lines: RecordedLines, moving: frozenset[str], arguments: Namespace
) -> dict[Line, list[str]]:
    """Choose the lines to break, each with the groups for which it is one of the first."""
    covered = candidates(lines.of_group(moving), arguments.copy)
    seeded(arguments.seed).shuffle(covered)
    chosen: dict[Line, list[str]] = defaultdict(list)
    for name in arguments.names or proofs.GROUPS:
        members = {function for function in moving if proofs.begins(function, name)}
        of_group = (line for line in covered if lines.by_line[line] & members)
        for line in islice(of_group, MUTATIONS_OF_GROUP):
            chosen[line].append(name)

    return chosen


def _is_in(function: str, names: list[str]) -> bool:
    return any(proofs.begins(function, name) for name in names)


def _place(item: tuple[Line, list[str]]) -> tuple[str, int]:
    line, _ = item
    return line.file, line.number


def part_of(items: list[Item], arguments: Namespace) -> list[Item]:
    """Return every nth item, for one of several copies that work at the same time."""
    part, parts = map(int, arguments.part.split("/"))
    return items[part - 1 :: parts]


def _finished_places(output: Path) -> set[str]:
    """Return the places that the output has already."""
    if not output.exists():
        return set()
    return {json.loads(text)["place"] for text in output.read_text(encoding="utf-8").splitlines()}


def _catch(
    copy: Path, line: Line, random: Random, staying: list[str], own: list[str]
) -> dict[str, Any]:
    """Break a line; run the tests that stay until one fails, and if none does, those of the groups.

    Tests that fail are run again on the restored line: they must pass.
    """
    with broken(copy, line, random) as text:
        outcome = run_functions(copy, staying[:FIRST_FUNCTIONS], max_failures=1)
        if not outcome.is_caught:
            outcome = run_functions(copy, staying[FIRST_FUNCTIONS:], max_failures=1)
        row = _row(line, text, outcome) | {"staying": len(staying)}
        if not outcome.is_caught:
            row["caught_by_groups"] = run_functions(copy, own, max_failures=1).caught_by

    if outcome.caught_by:
        again = run_functions(copy, outcome.caught_by, max_failures=1)
        row["fails_unbroken"] = again.is_caught
    return row


def _row(line: Line, text: str | None, outcome: Outcome) -> dict[str, Any]:
    return {
        "place": line.place,
        "mutation": text,
        "caught": outcome.is_caught,
        "caught_by": outcome.caught_by,
        "ran": outcome.ran,
        "broke_run": outcome.broke_run,
        "timed_out": outcome.timed_out,
    }


def write(output: Path, row: dict[str, Any]) -> None:
    """Append a row to the results, so that an interrupted run keeps them."""
    with output.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def main() -> None:
    """Read the command line."""
    parser = ArgumentParser(prog="python -m tests.repetition", description=__doc__)
    commands = parser.add_subparsers(required=True)

    recording = commands.add_parser("record")
    recording.add_argument("directory")
    recording.add_argument("pytest", nargs="*")
    recording.set_defaults(run=record)

    for name, run in (("places", places), ("groups", groups)):
        command = commands.add_parser(name)
        command.add_argument("--lines", type=Path, required=True, help="directory of `record`")
        command.add_argument("--costs", type=Path, required=True, help="a file of --costs-file")
        command.add_argument("--copy", type=Path, required=True, help="a checkout to break")
        command.add_argument("--output", type=Path, required=True, help="lines of JSON")
        command.add_argument("--seed", type=int, default=33)
        command.add_argument("--part", default="1/1", help="1/2 and 2/2 on two copies")
        command.set_defaults(run=run)
        if run is places:
            command.add_argument("--number", type=int, default=40)
        else:
            command.add_argument("names", nargs="*", help="groups of tests/proofs.py, or all")

    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
