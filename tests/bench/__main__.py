"""`python -m tests.bench --rounds 7`: what a whole edit costs, beside a bare driver that does the same to the database."""

import cProfile
import pstats
import sys
import time
from argparse import ArgumentParser
from statistics import median

from tests.bench.edits import EDIT, Bench, on_postgresql, on_sqlite
from tests.chaos.testbed import testbed

GOAL = 0.6
TOP = 25


def seconds(edit: EDIT, times: int) -> float:
    """How long one edit takes, of so many."""
    begun = time.perf_counter()
    for _ in range(times):
        edit()
    return (time.perf_counter() - begun) / times


def compare(name: str, bench: Bench, rounds: int, times: int) -> float:
    """How fast the store is, where the bare driver is 1: medians of alternating rounds."""
    bare, ours = list[float](), list[float]()
    for edit in (bench.by_driver, bench.by_store):
        seconds(edit, times)
    for _ in range(rounds):
        bare.append(seconds(bench.by_driver, times))
        ours.append(seconds(bench.by_store, times))
    ratio = median(bare) / median(ours)
    show(
        f"{name}: bare {median(bare) * 1e3:.3f} ms ({min(bare) * 1e3:.3f} to {max(bare) * 1e3:.3f}),"
        f" indelible {median(ours) * 1e3:.3f} ms ({min(ours) * 1e3:.3f} to {max(ours) * 1e3:.3f}),"
        f" ratio {ratio:.2f}"
    )
    return ratio


def profile(bench: Bench, times: int) -> None:
    """Where the time of the store's edits goes."""
    profiler = cProfile.Profile()
    profiler.runcall(seconds, bench.by_store, times)
    pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(TOP)


def show(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Measure both databases; 1 where PostgreSQL's ratio is below the goal."""
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--edits", type=int, default=200, help="in each round")
    parser.add_argument("--hasty", action="store_true", help="without fsync, to see the program's share")
    parser.add_argument("--profile", action="store_true")
    wanted = parser.parse_args()
    with testbed(durable=not wanted.hasty) as bed:
        show(f"PostgreSQL {bed.server.version} on TCP, synchronous_commit on, fsync {'off' if wanted.hasty else 'on'}")
        database = bed.postgresql()
        with on_postgresql(database.url, database.owner_url) as bench:
            for sent in bench.statements:
                show(sent.text)
            ratio = compare("PostgreSQL", bench, wanted.rounds, wanted.edits)
            if wanted.profile:
                profile(bench, wanted.edits)
        with on_sqlite(bed.sqlite()) as bench:
            compare("SQLite", bench, wanted.rounds, wanted.edits)
            if wanted.profile:
                profile(bench, wanted.edits)
    return int(ratio < GOAL)


if __name__ == "__main__":
    sys.exit(main())
