"""`python -m tests.fuzz`: `--minutes M` of generated and hostile input, or `--requests N`; `--seed S` repeats both."""

import logging
import sys
import time
from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random

from tests.chaos.testbed import Testbed, testbed
from tests.conftest import POLICY
from tests.fuzz.attack import Told, over_http, through_python
from tests.fuzz.dose import Tally, Wanted, generate, play, shortcomings, table
from tests.web.generated import Making, generated, operations
from tests.web.harness import Web
from tests.web.hostile.rows import NOT_YET, elsewhere
from tests.web.minting import Wallets
from tests.web.reader import fitted

from indelible_sql import open_store, verify

ATTACKS, EXAMPLES = 500, 30


def fuzz(
    name: str, url: str, seed: int, end: float, told: Told, owner_url: str | None = None
) -> None:
    """Rounds of all there is on one database, until the time is over; at least one."""
    store, chance = open_store(url, policy=POLICY), Random(seed)  # noqa: S311
    web = Web(fitted(store, owner_url), chain=Wallets())
    while True:
        over_http(web, store, chance, ATTACKS, told)
        through_python(store, chance, ATTACKS, told)
        answers = generated(web, Making(examples=EXAMPLES, seed=chance.randrange(1, 2**31)))
        for method, path in operations(web):
            found = answers(method, path)
            told.answers.update(
                {f"generated {status}": number for status, number in found.statuses.items()}
            )
            told.wrong += found.wrong
            if time.monotonic() > end:
                break
        told.wrong += [f"{name}: {each}" for each in verify(store)]
        if time.monotonic() > end:
            store.dispose()
            return


def for_minutes(minutes: float, seed: int, bed: Testbed) -> bool:
    """Fuzz one database after the other, and say how often each answer was given; whether none was wrong."""
    begun, told = time.monotonic(), Told()
    fuzz("SQLite", bed.sqlite(), seed, begun + minutes * 30, told)
    server = bed.postgresql()
    fuzz("PostgreSQL", server.url, seed, begun + minutes * 60, told, server.owner_url)
    for answer, number in sorted(told.answers.items()):
        say(f"{number:8} {answer}")
    for line in sorted(set(told.wrong)):
        say(f"FAIL {line}")
    say(f"{told.answers.total()} answers, {len(told.wrong)} wrong")
    return not told.wrong


def by_number(wanted: Wanted, seed: int, bed: Testbed) -> bool:
    """Send half of the requests to each database, both at once, and say what came of them; whether it is enough."""
    server, tally = bed.postgresql(), Tally()
    urls = {"SQLite": (bed.sqlite(), None), "PostgreSQL": (server.url, server.owner_url)}
    with ProcessPoolExecutor(
        len(urls), get_context("spawn"), initializer=logging.disable
    ) as processes:
        halves = [
            processes.submit(generate, name, url, seed, wanted.half(), owner_url)
            for name, (url, owner_url) in urls.items()
        ]
        others = {"SQLite": bed.sqlite(), "PostgreSQL": bed.postgresql().url}
        hostile = [processes.submit(play, name, url) for name, url in others.items()]
        for name, half, played in zip(urls, halves, hostile, strict=True):
            say(
                f"{half.result().total()} requests to {name}, {half.result().share():.1%} successful"
            )
            tally.add(half.result())
            tally.add(played.result())
    for line in table(tally):
        say(line)
    for row, played_often in sorted(tally.rows.items()):
        say(f"{played_often:6} hostile requests of row {row}")
    say(f"elsewhere, in pytest: rows {', '.join(map(str, sorted(elsewhere())))} and 56")
    for row, reason in NOT_YET.items():
        say(f"not yet row {row}: {reason}")
    failures = shortcomings(tally, wanted)
    for line in failures:
        say(f"FAIL {line}")
    say(f"{len(tally.wrong)} answers wrong")
    return not failures


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Fuzz, and print the seed and what came of it; 1 where anything was wrong or too little."""
    parser = ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    doses = parser.add_mutually_exclusive_group()
    doses.add_argument("--minutes", type=float, default=1)
    doses.add_argument("--requests", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    logging.disable()  # a line for each of a million requests
    begun = time.monotonic()
    say(f"seed {asked.seed}")
    with testbed() as bed:
        if asked.requests:
            is_clean = by_number(Wanted(requests=asked.requests), asked.seed, bed)
        else:
            is_clean = for_minutes(asked.minutes, asked.seed, bed)
    say(f"{time.monotonic() - begun:.0f} s")
    return int(not is_clean)


if __name__ == "__main__":
    sys.exit(main())
