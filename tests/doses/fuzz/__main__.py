"""Send generated and hostile input: `python -m tests.doses.fuzz [DOSE] --minutes M --seed S`.

Without a dose, send requests to every route, for some minutes or `--requests N` of them. The dose
`projects` sends hostile specifications through the rules and over HTTP, and processes jobs in
hostile repositories: at least for one round, and `--number N` repositories. The dose `contests`
takes up mutated payloads of the provider and disturbed deliveries of a story: at least one round,
and `--number N` payloads. The dose `money` sends hostile webhooks of Stripe: at least one round,
and `--number N` webhooks. The dose `conditions` compares the conditions of each aggregate in
Python, SQLite and PostgreSQL on random rows and changes: at least one round of 200 of each
condition, and `--number N` of each; then it asks the domain, memory and both databases about as
many whole rows and changes of every aggregate. `--seed S` repeats a run.
"""

import logging
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from random import Random

from tests.conftest import POLICY
from tests.core.money.gateway import ScriptedGateway
from tests.doses.chaos.testbed import Testbed, testbed
from tests.doses.fuzz.attack import AttackTally, over_http, through_python
from tests.doses.fuzz.conditions import ConditionDose, fuzz_conditions
from tests.doses.fuzz.contests import ContestDose, fuzz_contests
from tests.doses.fuzz.dose import Tally, Wanted, generate, play, shortcomings, table
from tests.doses.fuzz.money import MoneyDose, fuzz_money
from tests.doses.fuzz.projects import ProjectDose, fuzz_projects
from tests.doses.fuzz.rows import fuzz_changes, fuzz_rows
from tests.sql.whole_rows import RowTally
from tests.web.generated import Making, generated, operations
from tests.web.harness import Web
from tests.web.hostile.rows import NOT_YET, count_other_variants
from tests.web.minting import Wallets
from tests.web.reader import fitted

from indelible_sql import open_store, verify

ATTACKS_PER_ROUND = 500
EXAMPLES_PER_ROUND = 30
PROJECTS = "projects"
CONTESTS = "contests"
MONEY = "money"
CONDITIONS = "conditions"


def fuzz(
    name: str,
    url: str,
    seed: int,
    ends_at: float,
    tally: AttackTally,
    owner_url: str | None = None,
) -> None:
    """Attack one database in rounds until the time is over, at least for one round."""
    store = open_store(url, policy=POLICY)
    chance = Random(seed)  # noqa: S311 - no secret
    web = Web(fitted(store, owner_url), chain=Wallets(), stripe=ScriptedGateway())
    while True:
        over_http(web, store, chance, ATTACKS_PER_ROUND, tally)
        through_python(store, chance, ATTACKS_PER_ROUND, tally)
        _send_generated(web, chance, ends_at, tally)
        tally.wrong += [f"{name}: {fault}" for fault in verify(store)]
        if time.monotonic() > ends_at:
            store.dispose()
            return


def _send_generated(web: Web, chance: Random, ends_at: float, tally: AttackTally) -> None:
    """Send generated requests of each operation until the time is over."""
    making = Making(examples=EXAMPLES_PER_ROUND, seed=chance.randrange(1, 2**31))
    send = generated(web, making)
    for method, path in operations(web.document):
        outcome = send(method, path)
        for status, number in outcome.statuses.items():
            tally.answers[f"generated {status}"] += number
        tally.wrong += outcome.wrong
        if time.monotonic() > ends_at:
            return


def for_minutes(minutes: float, seed: int, bed: Testbed) -> bool:
    """Attack one database after the other, print the answers, and return True without faults."""
    began_at = time.monotonic()
    tally = AttackTally()
    fuzz("SQLite", bed.sqlite(), seed, began_at + minutes * 30, tally)
    server = bed.postgresql()
    fuzz("PostgreSQL", server.url, seed, began_at + minutes * 60, tally, server.owner_url)

    return _report(tally)


def projects(dose: ProjectDose, bed: Testbed) -> bool:
    """Play the dose of projects on both databases, and return True without faults."""
    tally = AttackTally()
    began_at = time.monotonic()
    urls = {"SQLite": bed.sqlite(), "PostgreSQL": bed.postgresql().url}
    for part, (name, url) in enumerate(urls.items(), start=1):
        ends_at = began_at + dose.minutes * 60 * part / len(urls)
        number = fuzz_projects(name, url, dose, ends_at, tally)
        say(f"{number} hostile repositories on {name}")

    return _report(tally)


def contests(dose: ContestDose) -> bool:
    """Play the dose of contests, print what was seen, and return True without faults."""
    tally = fuzz_contests(dose)
    for answer, number in sorted(tally.seen.items()):
        say(f"{number:8} {answer}")
    for line in tally.wrong:
        say(f"FAIL {line}")
    say(f"{tally.payloads} payloads, {tally.variants} stories, {len(tally.wrong)} wrong")
    return not tally.wrong


def money(dose: MoneyDose) -> bool:
    """Play the dose of money, print what was seen, and return True without faults."""
    tally = fuzz_money(dose)
    for answer, number in sorted(tally.seen.items()):
        say(f"{number:8} {answer}")
    for line in tally.wrong:
        say(f"FAIL {line}")
    say(f"{tally.webhooks} webhooks, {len(tally.wrong)} wrong")
    return not tally.wrong


def conditions(dose: ConditionDose, bed: Testbed) -> bool:
    """Play the dose of conditions and of whole rows, and return True without differences."""
    tally = fuzz_conditions(dose, bed.postgresql().url)
    say(f"{tally.conditions} conditions, {tally.values} rows and changes, {len(tally.wrong)} wrong")

    rows = fuzz_rows(dose, bed.sqlite(), bed.postgresql())
    _say_rows("whole rows", rows)
    changes = fuzz_changes(dose, bed.sqlite(), bed.postgresql())
    _say_rows("changes", changes)
    for line in (*tally.wrong, *rows.different, *changes.different):
        say(f"FAIL {line}")
    return not tally.wrong and not rows.different and not changes.different


def _say_rows(subject: str, tally: RowTally) -> None:
    """Print how many rows or changes the stores were asked about, and how many answers differ."""
    outcome = f"{tally.accepted_share:.0%} accepted, {len(tally.different)} wrong"
    say(f"{tally.rows} {subject}, {outcome}")


def _report(tally: AttackTally) -> bool:
    """Print the answers and the faults, and return True without faults."""
    for answer, number in sorted(tally.answers.items()):
        say(f"{number:8} {answer}")
    for line in sorted(set(tally.wrong)):
        say(f"FAIL {line}")
    say(f"{tally.answers.total()} answers, {len(tally.wrong)} wrong")

    return not tally.wrong


def by_number(wanted: Wanted, seed: int, bed: Testbed) -> bool:
    """Send half of the requests to each database and print the outcome; return True if enough."""
    tally = _send_halves(wanted, seed, bed)
    for line in table(tally):
        say(line)
    for row, number in sorted(tally.rows.items()):
        say(f"{number:6} hostile requests of row {row}")
    say(f"elsewhere, in pytest: rows {', '.join(map(str, sorted(count_other_variants())))} and 56")
    for row, reason in NOT_YET.items():
        say(f"not yet row {row}: {reason}")

    failures = shortcomings(tally, wanted)
    for line in failures:
        say(f"FAIL {line}")
    say(f"{len(tally.wrong)} answers wrong")

    return not failures


def _send_halves(wanted: Wanted, seed: int, bed: Testbed) -> Tally:
    """Send generated and hostile requests to both databases at once, each in its own process."""
    server = bed.postgresql()
    urls = {"SQLite": (bed.sqlite(), None), "PostgreSQL": (server.url, server.owner_url)}
    hostile_urls = {"SQLite": bed.sqlite(), "PostgreSQL": bed.postgresql().url}
    tally = Tally()
    with ProcessPoolExecutor(
        len(urls), get_context("spawn"), initializer=logging.disable
    ) as processes:
        halves: list[Future[Tally]] = []
        for name, (url, owner_url) in urls.items():
            halves.append(processes.submit(generate, name, url, seed, wanted.half(), owner_url))
        hostile: list[Future[Tally]] = []
        for name, url in hostile_urls.items():
            hostile.append(processes.submit(play, name, url))

        for name, half, played in zip(urls, halves, hostile, strict=True):
            result = half.result()
            say(f"{result.total()} requests to {name}, {result.share():.1%} successful")
            tally.add(result)
            tally.add(played.result())

    return tally


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def create_parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="python -m tests.doses.fuzz",
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "dose",
        nargs="?",
        choices=(PROJECTS, CONTESTS, MONEY, CONDITIONS),
        help="default: every route",
    )
    lengths = parser.add_mutually_exclusive_group()
    lengths.add_argument("--minutes", type=float, default=1)
    lengths.add_argument("--requests", type=int, default=0, help="without a dose")
    lengths.add_argument(
        "--number", type=int, default=0, help="of repositories, payloads, webhooks or rows"
    )
    parser.add_argument("--seed", type=int, default=1)
    return parser


def main() -> int:
    """Fuzz, print the seed and the outcome, and return 1 for faults or a dose too small."""
    parser = create_parser()
    arguments = parser.parse_args()
    if arguments.dose is None and arguments.number:
        parser.error("--number needs a dose")
    if arguments.dose is not None and arguments.requests:
        parser.error(f"--requests has no effect on the dose {arguments.dose}")

    logging.disable()  # The log has a line per request.
    began_at = time.monotonic()
    say(f"seed {arguments.seed}")
    with testbed() as bed:
        is_clean = _play(arguments, bed)
    say(f"{time.monotonic() - began_at:.0f} s")
    return int(not is_clean)


def _play(arguments: Namespace, bed: Testbed) -> bool:
    """Play the dose that the arguments name, and return True without faults."""
    minutes = arguments.minutes
    if arguments.number:
        minutes = 0
    if arguments.dose == PROJECTS:
        dose = ProjectDose(seed=arguments.seed, minutes=minutes, number=arguments.number)
        return projects(dose, bed)
    if arguments.dose == CONTESTS:
        return contests(ContestDose(seed=arguments.seed, minutes=minutes, number=arguments.number))
    if arguments.dose == MONEY:
        return money(MoneyDose(seed=arguments.seed, minutes=minutes, number=arguments.number))
    if arguments.dose == CONDITIONS:
        dose_of_rows = ConditionDose(seed=arguments.seed, minutes=minutes, number=arguments.number)
        return conditions(dose_of_rows, bed)
    if arguments.requests:
        return by_number(Wanted(requests=arguments.requests), arguments.seed, bed)

    return for_minutes(arguments.minutes, arguments.seed, bed)


if __name__ == "__main__":
    sys.exit(main())
