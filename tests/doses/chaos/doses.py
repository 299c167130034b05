"""The doses: each breaks something many times, and prints a report for each database."""

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from statistics import quantiles
from typing import Final

from tests.chain.standards import STANDARDS
from tests.chain.storms import run_storm
from tests.conftest import Loop, folder
from tests.doses.chaos.begins import cut_begins
from tests.doses.chaos.claims import count_claims
from tests.doses.chaos.clocks import jump
from tests.doses.chaos.commands import WORKS
from tests.doses.chaos.contest_errors import error_cases, fail_and_resolve
from tests.doses.chaos.contest_kills import kill_workers as kill_contest_workers
from tests.doses.chaos.contest_kills import random_kills
from tests.doses.chaos.contest_site import contest_site
from tests.doses.chaos.crashes import crash_everywhere
from tests.doses.chaos.deadlocks import deadlock
from tests.doses.chaos.disks import full_disk_under_postgresql, full_disk_under_sqlite
from tests.doses.chaos.fault_runs import run_under_fault
from tests.doses.chaos.faults import ON_POSTGRESQL, ON_SQLITE
from tests.doses.chaos.feed_writers import Load, follow_writers, foreign_url
from tests.doses.chaos.full_log import full_log_under_postgresql
from tests.doses.chaos.instance_kills import FULL_KINDS, SQLITE_KINDS, kill_instance, kinds_of_kills
from tests.doses.chaos.kills import kill_writers
from tests.doses.chaos.mail_programs import killable_servers
from tests.doses.chaos.mail_run import MailDose, send_mails
from tests.doses.chaos.open_stores import open_for_test
from tests.doses.chaos.project_kills import kill_at_random
from tests.doses.chaos.project_pushes import lose_pushes, race_pushes
from tests.doses.chaos.project_site import KINDS as HOSTS
from tests.doses.chaos.project_site import project_site
from tests.doses.chaos.restarts import restart
from tests.doses.chaos.server_stops import SERVERS, Plan, stop_servers
from tests.doses.chaos.shuffles import shuffle
from tests.doses.chaos.testbed import Testbed
from tests.doses.chaos.worker_kills import kill_workers
from tests.service.full_disks import SCENARIOS, run_scenario
from tests.sql.editors import PROCESSES, editors, race
from tests.sql.lost_commits import KINDS, LostCommits, lose_commits, proxied_store
from tests.stateful.play import Tallies
from tests.stateful.run import run_programs
from tests.stateful.stores import Stage

from indelible.kernel.rates import RateLimit
from indelible_sql import open_store

NO_DISK: Final = "not possible: this process may not mount a disk"
UNSHORTENED: Final = 1.0  # pauses between retries are those of a real client
CLIENTS: Final = 8
ORDERS: Final = 5
SQLITE_CLAIM_SHARE: Final = 50
MAX_PIECES: Final = 20_000
FEED_PROCESSES: Final = 4
FEED_WRITERS: Final = 64
FEED_RATE: Final = 2_000
MAIL_PROCESSES: Final = 4
MAIL_RATE: Final = RateLimit(tasks=12, burst=20)  # so low that it is reached on a busy machine
Dose = Callable[[Testbed, Namespace], bool]


def show(line: str, *, is_success: bool = True) -> bool:
    """Print a line that says whether a step succeeded, and return that."""
    sys.stdout.write(f"{'ok  ' if is_success else 'FAIL'} {line}\n")
    sys.stdout.flush()
    return is_success


def seeded_random(options: Namespace) -> Random:
    """Return the seed's random numbers, from the first one."""
    return Random(options.seed)  # noqa: S311 - no secret


def database_urls(bed: Testbed) -> Mapping[str, str]:
    """Return the address of a new database of each kind."""
    return {"SQLite": bed.sqlite(), "PostgreSQL": bed.postgresql().url}


def crashes(bed: Testbed, _: Namespace) -> bool:
    """Kill a process at each failpoint of each command, with and without an idempotency key."""
    results: list[bool] = []
    for name, url in database_urls(bed).items():
        report = crash_everywhere(url, list(WORKS))
        counts = (
            f"{report.kills} processes killed at {len(report.failpoints)} failpoints"
            f" of {len(WORKS)} commands"
        )
        problems = [*report.problems, *report.findings] or "none"
        line = f"crashes, {name}: {counts}; problems: {problems}"
        results.append(show(line, is_success=report.is_success))

    return all(results)


def kills(bed: Testbed, options: Namespace) -> bool:
    """Kill a writing process at random moments."""
    results: list[bool] = []
    for name, url in database_urls(bed).items():
        journal = bed.file.with_name(f"journal of {name}")
        report = kill_writers(url, options.kills, seeded_random(options), journal)
        results.append(show(f"kills, {name}: {report}", is_success=not report.problems))

    return all(results)


def instances(_: Testbed, options: Namespace) -> bool:
    """Kill `indelible up`, and `up --full` with each of its parts, under HTTP load."""
    results: list[bool] = []
    for name, kinds in (("SQLite", SQLITE_KINDS), ("PostgreSQL", FULL_KINDS)):
        chance = seeded_random(options)
        drawn = kinds_of_kills(kinds, options.kills, chance)
        report = kill_instance(drawn, chance, is_full=kinds == FULL_KINDS)
        results.append(show(f"instances, {name}: {report}", is_success=not report.problems))

    return all(results)


def stops(_: Testbed, options: Namespace) -> bool:
    """Stop PostgreSQL, Redis and the node of the chain in turn, under HTTP load."""
    seconds = float(options.seconds)
    plan = Plan(stops=dict.fromkeys(SERVERS, seconds))
    report = stop_servers(plan, seeded_random(options))
    return show(f"stops: {report}", is_success=not report.problems)


def full_disks(_: Testbed, __: Namespace) -> bool:
    """Start and migrate on a disk that is too small, and then on one that has grown."""
    results: list[bool] = []
    for name in SCENARIOS:
        problem = run_scenario(name)
        line = f"full disk, {name}: {problem or 'coded errors, then success'}"
        results.append(show(line, is_success=not problem))

    return all(results)


def lost_commits(bed: Testbed, options: Namespace) -> bool:
    """Break the connection before the server gets COMMIT, or before the client gets its answer."""
    results: list[bool] = []
    times = -(-options.n // len(KINDS))  # rounded up
    loop = Loop()
    try:
        for name, used_loop in (("called", None), ("awaited", loop)):
            with proxied_store(bed.postgresql(), used_loop) as proxied:
                lost = lose_commits(proxied, times, UNSHORTENED)
            is_success = set(lost.right.values()) == {times} and not lost.findings
            line = (
                f"lost COMMITs, {name}: {times * len(KINDS)},"
                f" resolved correctly: {dict(lost.right)}; {_latencies(lost)}"
            )
            results.append(show(line, is_success=is_success))
    finally:
        loop.stop()

    begins = cut_begins(bed.postgresql(), options.rounds)
    results.append(show(f"lost BEGINs: {begins}", is_success=not begins.problems))
    return all(results)


def _latencies(lost: LostCommits) -> str:
    """Return the latencies by fault; a delayed COMMIT is waited for until the server is done."""
    seconds_by_fault = {name: list(seconds) for name, seconds in lost.seconds.items()}
    seconds_by_fault["all"] = []
    for seconds in lost.seconds.values():
        seconds_by_fault["all"].extend(seconds)

    parts: list[str] = []
    for name, seconds in seconds_by_fault.items():
        percentiles = quantiles(seconds, n=100)
        p50, p99 = percentiles[49] * 1e3, percentiles[98] * 1e3
        parts.append(f"{name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms")

    return ", ".join(parts)


def faults(bed: Testbed, options: Namespace) -> bool:
    """Break the database under an open store while commands run."""
    results: list[bool] = []
    for name, create_database, cases in (
        ("SQLite", bed.sqlite, ON_SQLITE),
        ("PostgreSQL", bed.postgresql, ON_POSTGRESQL),
    ):
        for fault, case in cases.items():
            with open_for_test(create_database()) as tested:
                report = run_under_fault(tested, case, seeded_random(options), options.rounds)
            results.append(show(f"{fault}, {name}: {report}", is_success=not report.problems))

    with open_for_test(bed.postgresql()) as tested:
        deadlocks = deadlock(tested, options.rounds)
    results.append(show(f"deadlocks, PostgreSQL: {deadlocks}", is_success=not deadlocks.problems))
    return all(results)


def disks(bed: Testbed, options: Namespace) -> bool:
    """Fill the disk of a database, or of its log, and free it again."""
    results: list[bool] = []
    for name, fill in (
        ("disk, SQLite", partial(full_disk_under_sqlite, bed)),
        ("disk, PostgreSQL", partial(full_disk_under_postgresql, bed)),
        ("disk of the log, PostgreSQL", full_log_under_postgresql),
    ):
        report = fill(seeded_random(options), options.rounds)
        is_success = report is None or not report.problems
        results.append(show(f"full {name}: {report or NO_DISK}", is_success=is_success))

    return all(results)


def restarts(_: Testbed, options: Namespace) -> bool:
    """Restart the server in the middle of commands."""
    report, times = restart(seeded_random(options), options.rounds)
    line = f"restarts, PostgreSQL: {times} times; {report}"
    return show(line, is_success=not report.problems)


def clocks(bed: Testbed, options: Namespace) -> bool:
    """Let the clock jump forward and back."""
    results: list[bool] = []
    for name, database in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql())):
        report = jump(database, seeded_random(options), options.edits)
        results.append(show(f"clock jumps, {name}: {report}", is_success=not report.problems))

    return all(results)


def races(bed: Testbed, options: Namespace) -> bool:
    """Edit one concept from eight processes."""
    results: list[bool] = []
    last = PROCESSES * options.edits + 1
    with editors() as pool:
        for name, url in database_urls(bed).items():
            started_at = time.monotonic()
            raced = race(pool, url, options.edits)
            seconds = time.monotonic() - started_at
            is_complete = raced.numbers == list(range(1, last + 1)) and raced.seq == last
            is_success = is_complete and not raced.findings and raced.stale >= 1
            line = f"versions 1..{raced.numbers[-1]}, Stale {raced.stale} times, {seconds:.0f} s"
            results.append(show(f"races, {name}: {line}", is_success=is_success))

    return all(results)


def programs(bed: Testbed, options: Namespace) -> bool:
    """Run generated programs of commands on every store.

    Raises: AssertionError at the first difference between two stores.
    """
    loop = Loop()
    tallies: Tallies = {}
    try:
        stage = Stage(bed.server, bed.template, bed.file, loop)
        run_programs(stage, options.programs, options.seed, tallies)
    finally:
        loop.stop()

    return all(show(f"programs, {name}: {tally}") for name, tally in tallies.items())


def captures(bed: Testbed, options: Namespace) -> bool:
    """Send captures from eight clients in five orders, a fifth of them twice."""
    results: list[bool] = []
    endings: set[str] = set()
    for name, url in database_urls(bed).items():
        started_at = time.monotonic()
        store = open_store(url)
        report = shuffle(store, options.captures, CLIENTS, ORDERS, seeded_random(options))
        store.dispose()
        endings.update(repr(artifacts) for artifacts in report.artifacts)
        seconds = time.monotonic() - started_at
        line = f"captures, {name}: {report}, {seconds:.0f} s"
        results.append(show(line, is_success=report.is_success))

    is_equal = len(endings) == 1
    results.append(show("captures: both databases have equal artifacts", is_success=is_equal))
    return all(results)


def workers(_: Testbed, options: Namespace) -> bool:
    """Kill workers, the scheduler, PostgreSQL and the broker while tasks are processed."""
    seconds = (options.minutes or 1) * 60
    report = kill_workers(
        options.units,
        options.deaths,
        seconds,
        seeded_random(options),
        broker=options.broker,
        has_pooler=options.pooler,
    )
    way = f"{options.broker} and PgBouncer" if options.pooler else options.broker
    return show(f"workers, {way}: {report}", is_success=not report.problems)


def claims(bed: Testbed, options: Namespace) -> bool:
    """Claim tasks from many processes, some of which are killed while they hold leases."""
    results: list[bool] = []
    counts = {"PostgreSQL": options.claims, "SQLite": options.claims // SQLITE_CLAIM_SHARE}
    urls = database_urls(bed)
    for name, count in counts.items():
        report = count_claims(
            urls[name],
            claims=count,
            workers=options.workers,
            deaths=options.deaths,
            pieces=min(MAX_PIECES, count // 25),
            chance=seeded_random(options),
        )
        results.append(show(f"claims, {name}: {report}", is_success=not report.problems))

    return all(results)


def feed(bed: Testbed, options: Namespace) -> bool:
    """Follow the feed of 64 writers while a transaction of another database stays open."""
    database = bed.postgresql()
    load = Load(
        changes=options.changes,
        processes=FEED_PROCESSES,
        writers=FEED_WRITERS,
        seed=options.seed,
        rate=FEED_RATE,
    )
    report = follow_writers(database.url, foreign_url(database), load)
    return show(f"feed, PostgreSQL: {report}", is_success=report.is_complete)


def mail(_: Testbed, options: Namespace) -> bool:
    """Send mail from a package of a host while its programs are killed and tasks are canceled."""
    dose = MailDose(
        tasks=options.tasks,
        kills=options.kills,
        cancellations=options.cancellations,
        processes=MAIL_PROCESSES,
        rate=MAIL_RATE,
        lease_seconds=20,
        timeout_seconds=8,
        max_attempts=3,
    )
    results: list[bool] = []
    for name in ("PostgreSQL", "SQLite"):
        with killable_servers(is_sqlite=name == "SQLite") as servers:
            report = send_mails(servers, dose, seeded_random(options))
        results.append(show(f"mail, {name}: {report}", is_success=not report.problems))

    return all(results)


def chains(bed: Testbed, options: Namespace) -> bool:
    """Change chains at random while contracts of the standards are read from them."""
    results: list[bool] = []
    for name, standard in STANDARDS.items():
        for database, url in database_urls(bed).items():
            store = open_store(url)
            with folder() as directory:
                chance = seeded_random(options)
                report = run_storm(directory, store, standard, chance, options.steps)
            store.dispose()
            line = f"chains, {name}, {database}: {report} {' '.join(report.problems)}"
            results.append(show(line, is_success=not report.problems))

    return all(results)


def projects(bed: Testbed, options: Namespace) -> bool:
    """Kill workers of jobs, lose the answers to pushes, and let others push first."""
    results: list[bool] = []
    pairs = len(HOSTS) * len(database_urls(bed))
    for kind in HOSTS:
        for name, url in database_urls(bed).items():
            chance = seeded_random(options)
            with folder() as directory, project_site(url, directory, kind) as site:
                reports = {
                    "kills": kill_at_random(site, -(-options.kills // pairs), chance),
                    "lost pushes": lose_pushes(site, -(-options.lost_pushes // pairs), chance),
                    "races": race_pushes(site, -(-options.races // pairs), chance),
                }
            for broken, report in reports.items():
                line = f"projects, {broken}, {kind}, {name}: {report}"
                results.append(show(line, is_success=not report.problems))

    return all(results)


def contests(bed: Testbed, options: Namespace) -> bool:
    """Kill workers of contests, and leave ERROR in each of its ways."""
    results: list[bool] = []
    for name, url in database_urls(bed).items():
        chance = seeded_random(options)
        with folder() as directory, contest_site(url, directory) as site:
            reports = {
                "kills": kill_contest_workers(site, random_kills(options.kills, chance)),
                "errors": fail_and_resolve(site, error_cases()),
            }
        for broken, report in reports.items():
            line = f"contests, {broken}, {name}: {report}"
            results.append(show(line, is_success=not report.problems))

    return all(results)


DOSES: Final[Mapping[str, Dose]] = {
    "crashes": crashes,
    "kills": kills,
    "instances": instances,
    "stops": stops,
    "lost-commits": lost_commits,
    "faults": faults,
    "disks": disks,
    "full-disks": full_disks,
    "restarts": restarts,
    "clocks": clocks,
    "races": races,
    "programs": programs,
    "captures": captures,
    "workers": workers,
    "claims": claims,
    "feed": feed,
    "mail": mail,
    "chains": chains,
    "projects": projects,
    "contests": contests,
}
