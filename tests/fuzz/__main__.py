"""`python -m tests.fuzz --minutes M --seed N`: generated and hostile input, until the time is over."""

import logging
import sys
import time
from argparse import ArgumentParser
from random import Random

from tests.chaos.testbed import testbed
from tests.conftest import POLICY
from tests.fuzz.attack import Told, over_http, through_python
from tests.web.generated import generated, operations
from tests.web.harness import Web

from indelible_sql import open_store, verify

ATTACKS, EXAMPLES = 500, 30


def fuzz(name: str, url: str, seed: int, end: float, told: Told) -> None:
    """Rounds of all there is on one database, until the time is over; at least one."""
    store, chance = open_store(url, policy=POLICY), Random(seed)  # noqa: S311
    web = Web(store)
    while True:
        over_http(web, store, chance, ATTACKS, told)
        through_python(store, chance, ATTACKS, told)
        answers = generated(web, examples=EXAMPLES, seed=chance.randrange(1, 2**31))
        for method, path in operations(web):
            found = answers(method, path)
            told.answers.update({f"generated {status}": number for status, number in found.statuses.items()})
            told.wrong += found.wrong
            if time.monotonic() > end:
                break
        told.wrong += [f"{name}: {each}" for each in verify(store)]
        if time.monotonic() > end:
            store.dispose()
            return


def main() -> int:
    """Fuzz, and print the seed and how often each answer was given; 1 where anything was wrong."""
    parser = ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    logging.disable()  # a line for each of a million requests
    begun, told = time.monotonic(), Told()
    sys.stdout.write(f"seed {wanted.seed}\n")
    with testbed() as bed:
        for number, (name, url) in enumerate((("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql().url)), start=1):
            fuzz(name, url, wanted.seed, begun + number * wanted.minutes * 30, told)
    for answer, number in sorted(told.answers.items()):
        sys.stdout.write(f"{number:8} {answer}\n")
    for line in sorted(set(told.wrong)):
        sys.stdout.write(f"FAIL {line}\n")
    sys.stdout.write(f"{told.answers.total()} answers, {len(told.wrong)} wrong, {time.monotonic() - begun:.0f} s\n")
    return int(bool(told.wrong))


if __name__ == "__main__":
    sys.exit(main())
