"""`python -m tests.bench --rounds 7`: what a whole edit costs, beside a bare driver that does the same."""

import cProfile
import pstats
import sys
import time
from argparse import ArgumentParser
from statistics import median

from tests.bench.edits import Bench, Edit, on_postgresql, on_sqlite
from tests.chaos.testbed import testbed

GOAL = 0.6
TOP = 25


def seconds(edit: Edit, times: int) -> float:
    """How long one edit takes, of so many."""
    begun = time.perf_counter()
    for _ in range(times):
        edit()
    return (time.perf_counter() - begun) / times


def compare(database: str, bench: Bench, rounds: int, times: int) -> float:
    """How fast the store is, where the bare driver is 1: medians of alternating rounds."""
    ways = {"bare": bench.bare, "indelible": bench.store}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, edit in ways.items():
            spent = seconds(edit, times)
            if turn:  # the first round is for caches
                taken[name].append(spent)
    ours = median(taken["indelible"])
    for name, found in taken.items():
        span = f"{min(found) * 1e3:.3f} to {max(found) * 1e3:.3f}"
        show(f"{database}, {name}: {median(found) * 1e3:.3f} ms ({span}), ratio {median(found) / ours:.2f}")
    return median(taken["bare"]) / ours


def profile(bench: Bench, times: int) -> None:
    """Where the time of the store's edits goes."""
    profiler = cProfile.Profile()
    profiler.runcall(seconds, bench.store, times)
    pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(TOP)


def show(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Measure both databases; 1 where PostgreSQL's ratio is below the goal."""
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--edits", type=int, default=100, help="of each way, in each round")
    parser.add_argument("--hasty", action="store_true", help="without fsync, to see the program's share")
    parser.add_argument("--profile", action="store_true")
    wanted = parser.parse_args()
    with testbed(durable=not wanted.hasty) as bed:
        show(f"PostgreSQL {bed.server.version} on TCP, synchronous_commit on, fsync {'off' if wanted.hasty else 'on'}")
        database = bed.postgresql()
        with on_postgresql(database.url, database.owner_url) as bench:
            for text in bench.statements.texts():
                show(text)
            ratio = compare("PostgreSQL", bench, wanted.rounds, wanted.edits)
            if wanted.profile:
                profile(bench, wanted.edits)
        with on_sqlite(bed.sqlite()) as bench:
            compare("SQLite", bench, wanted.rounds, wanted.edits)
            if wanted.profile:
                profile(bench, wanted.edits)
    show(f"goal {GOAL}: {'reached' if ratio >= GOAL else 'missed'} with {ratio:.2f}")
    return int(ratio < GOAL)


if __name__ == "__main__":
    sys.exit(main())
