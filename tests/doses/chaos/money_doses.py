"""The dose of money: charges, payouts with a restored backup, and kills, on both databases."""

from argparse import Namespace

from tests.conftest import folder
from tests.doses.chaos.doses import database_urls, seeded_random, show
from tests.doses.chaos.money_backups import drop_restored, postgresql_backup, sqlite_backup
from tests.doses.chaos.money_charges import pay_charges
from tests.doses.chaos.money_isolation import ALL_PAID, differences, play_contest, stories_of
from tests.doses.chaos.money_killer import FUNDS_MINOR
from tests.doses.chaos.money_kills import kill_processes, random_kills
from tests.doses.chaos.money_payouts import (
    pay_prizes,
    pay_prizes_by_hand,
)
from tests.doses.chaos.money_site import CURRENCY, PATIENT_SECONDS, money_site
from tests.doses.chaos.testbed import Testbed

PRIZES_PER_SETTLEMENT = 100


def money(bed: Testbed, options: Namespace) -> bool:
    """Pay charges and prizes through faults, and kill processes at each failpoint."""
    results = [
        *(_pay_charges(bed, options) if options.charges else ()),
        *(_pay_prizes(bed, options) if options.payouts else ()),
        *(_kill_processes(bed, options) if options.kills else ()),
        *(_disturb_contests(bed, options) if options.contests else ()),
    ]
    return all(results)


def _pay_charges(bed: Testbed, options: Namespace) -> list[bool]:
    results: list[bool] = []
    for name, url in database_urls(bed).items():
        report = pay_charges(url, options.charges, options.seed)
        line = f"money, charges, {name}: {report}"
        results.append(show(line, is_success=not report.problems))
    return results


def _pay_prizes(bed: Testbed, options: Namespace) -> list[bool]:
    """Pay automatically on both databases and by hand on SQLite; the ledgers are the same."""
    number, seed = options.payouts, options.seed
    sqlite, server = bed.sqlite(), bed.postgresql()
    results: list[bool] = []
    digests: set[str] = set()
    with folder() as directory:
        plans = {
            "SQLite": (sqlite, sqlite_backup(sqlite)),
            "PostgreSQL": (server.url, postgresql_backup(server, directory)),
        }
        for name, (url, backup) in plans.items():
            report = pay_prizes(url, backup, number, seed, PRIZES_PER_SETTLEMENT)
            digests.add(report.digest)
            line = f"money, payouts, {name}: {report}"
            results.append(show(line, is_success=not report.problems))
        drop_restored(server)

    by_hand = pay_prizes_by_hand(bed.sqlite(), number, seed, PRIZES_PER_SETTLEMENT)
    digests.add(by_hand.digest)
    line = f"money, payouts by hand, SQLite: {by_hand}"
    results.append(show(line, is_success=not by_hand.problems))
    results.append(show("money: all ledgers are the same", is_success=len(digests) == 1))
    return results


def _kill_processes(bed: Testbed, options: Namespace) -> list[bool]:
    results: list[bool] = []
    story = {"balance": {CURRENCY.lower(): FUNDS_MINOR}}
    for name, url in database_urls(bed).items():
        kills = random_kills(options.kills, seeded_random(options))
        with money_site(
            url,
            story,
            seed=options.seed,
            days_ago=3_000,
            read_timeout_seconds=PATIENT_SECONDS,
        ) as site:
            report = kill_processes(site, kills)
        line = f"money, kills, {name}: {report}"
        results.append(show(line, is_success=not report.problems))
    return results


def _disturb_contests(bed: Testbed, options: Namespace) -> list[bool]:
    """Play contests with every fault of payments; each is as the one without faults."""
    results: list[bool] = []
    with folder() as directory:
        calm = play_contest(bed.sqlite(), directory / "calm", ALL_PAID, seed=0, has_faults=False)
        for seed in range(options.seed, options.seed + options.contests):
            faulty = play_contest(
                bed.sqlite(), directory / str(seed), stories_of(seed), seed=seed, has_faults=True
            )
            problems = differences(faulty, calm)
            excluded = sorted(f"{user}: {faulty.stories[user]}" for user in faulty.ineligible)
            line = f"money, contest {seed}: not counted {excluded}; problems: {problems or 'none'}"
            results.append(show(line, is_success=not problems))
    return results
