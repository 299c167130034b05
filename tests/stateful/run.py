"""Generate programs and play them, in this process or in child processes."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM
from tempfile import TemporaryDirectory

import hypothesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from tests.stateful.play import Tallies, Tally, play
from tests.stateful.programs import programs
from tests.stateful.steps import Program
from tests.stateful.stores import Stage

from indelible_service.embedded.children import die_with_parent, stop_child

PROGRAMS = programs()
PROGRESS_PROGRAMS = 50
MAX_CHARACTERS = 3_000  # of an error in a line
STOP_SECONDS = 60
STOP_SIGNALS = ((SIGTERM, STOP_SECONDS), (SIGKILL, None))
MAX_PROCESSES = 1_000


def run_programs(
    stage: Stage,
    count: int,
    seed: int | None,
    tallies: Tallies,
    report: Callable[[str], None] = lambda _: None,
    strategy: SearchStrategy[Program] = PROGRAMS,
) -> None:
    """Generate programs from the seed, play them and add their answers to the tallies.

    A seed of None generates the same programs in every run. `report` gets a line for every 50
    programs, and one as soon as a program fails; to find a smaller one takes minutes after that.

    Raises: the failure of the smallest failing program, with a note that shows this program.
    """
    played = 0
    has_failed = False

    @settings(
        max_examples=count,
        derandomize=seed is None,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
    @given(strategy)
    def every_store_behaves_as_memory(program: Program) -> None:
        nonlocal played, has_failed
        try:
            play(program, stage, tallies)
        except Exception as error:
            if not has_failed:
                report(f"FAIL after {played} programs, now shrinking: {error!r:.{MAX_CHARACTERS}}")
            has_failed = True
            raise

        played += 1
        if played % PROGRESS_PROGRAMS == 0 and not has_failed:
            report(f"{played} programs")

    if seed is not None:
        every_store_behaves_as_memory = hypothesis.seed(seed)(every_store_behaves_as_memory)
    every_store_behaves_as_memory()


@frozen
class Share:
    """The part of the programs that one child process plays."""

    programs: int
    seed: int
    of_money: bool
    tallies_file: Path


@contextmanager
def running_child(share: Share) -> Generator[subprocess.Popen[bytes]]:
    """Play a share in a child process during the block; it ends with this process."""
    command = (
        *(sys.executable, "-m", "tests.stateful"),
        *("--programs", str(share.programs)),
        *("--seed", str(share.seed)),
        *("--tallies", str(share.tallies_file)),
        *(("--money",) if share.of_money else ()),
    )
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        with die_with_parent(child, STOP_SIGNALS):
            yield child
    finally:
        stop_child(child, STOP_SIGNALS)


def run_processes(
    count: int, seed: int, processes: int, tallies: Tallies, *, of_money: bool
) -> list[int]:
    """Divide the programs among child processes, add up their tallies, return the failed seeds."""
    failed_seeds: list[int] = []
    with TemporaryDirectory(prefix="indelible-") as directory, ExitStack() as stack:
        shares = divide(count, seed, processes, Path(directory), of_money=of_money)
        children = [stack.enter_context(running_child(share)) for share in shares]
        for share, child in zip(shares, children, strict=True):
            if child.wait() != 0:
                failed_seeds.append(share.seed)
            if share.tallies_file.exists():
                add_tallies(tallies, read_tallies(share.tallies_file))

    return failed_seeds


def divide(
    count: int, seed: int, processes: int, directory: Path, *, of_money: bool
) -> list[Share]:
    """Divide the programs into almost equal shares, each with a seed of its own."""
    shares: list[Share] = []
    for number in range(processes):
        programs_of_share = (count + number) // processes
        seed_of_share = seed * MAX_PROCESSES + number
        tallies_file = directory / f"{number}.json"
        shares.append(Share(programs_of_share, seed_of_share, of_money, tallies_file))

    return shares


def write_tallies(tallies: Tallies, path: Path) -> None:
    """Write the tallies as JSON."""
    values = {
        name: {"programs": tally.programs, "answers": tally.answers}
        for name, tally in tallies.items()
    }
    path.write_text(json.dumps(values))


def read_tallies(path: Path) -> Tallies:
    """Read the tallies that `write_tallies` wrote."""
    tallies: Tallies = {}
    for name, values in json.loads(path.read_text()).items():
        tallies[name] = Tally(values["programs"], Counter(values["answers"]))

    return tallies


def add_tallies(tallies: Tallies, others: Tallies) -> None:
    """Add the others to the tallies."""
    for name, other in others.items():
        tally = tallies.setdefault(name, Tally())
        tally.programs += other.programs
        tally.answers += other.answers
