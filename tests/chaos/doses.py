"""The doses: each breaks something many times, prints what came of it, and says whether all was well."""

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from random import Random
from statistics import quantiles
from typing import Final

from tests.chaos.begins import cut_begins
from tests.chaos.claims import count_claims
from tests.chaos.clocks import jump
from tests.chaos.commands import WORKS
from tests.chaos.crashes import crash_everywhere
from tests.chaos.deadlocks import deadlock
from tests.chaos.disks import full_disk_under_postgresql, full_disk_under_sqlite
from tests.chaos.faults import ON_POSTGRESQL, ON_SQLITE
from tests.chaos.kills import kill_writers
from tests.chaos.places import place_on
from tests.chaos.restarts import restart
from tests.chaos.shuffles import shuffle
from tests.chaos.suffering import suffer
from tests.chaos.testbed import Testbed
from tests.chaos.worker_kills import kill_workers
from tests.conftest import Loop
from tests.sql.editors import PROCESSES, editors, race
from tests.sql.lost_commits import KINDS, Lost, behind, lose
from tests.stateful.__main__ import run
from tests.stateful.stores import Templates

from indelible_sql import open_store

NO_DISK: Final = "not possible here: nobody lets this process mount a disk of its own"
AS_FAST_AS_A_CLIENT: Final = 1.0  # no pause is shortened
Dose = Callable[[Testbed, Namespace], bool]


def show(line: str, is_right: bool = True) -> bool:  # noqa: FBT001, FBT002 - it is the first word of the line
    """Print a line, and say whether it was right."""
    sys.stdout.write(f"{'ok  ' if is_right else 'FAIL'} {line}\n")
    sys.stdout.flush()
    return is_right


def chance_of(wanted: Namespace) -> Random:
    """The dice that the seed makes, from the start."""
    return Random(wanted.seed)  # noqa: S311 - no secret


def crashes(bed: Testbed, wanted: Namespace) -> bool:
    """A process is killed at each failpoint of each command, with and without an idempotency key."""
    wells = list[bool]()
    for name, url in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql().url)):
        crashed = crash_everywhere(url, list(WORKS))
        wrong = [*crashed.wrong, *crashed.findings]
        said = f"{crashed.times} processes killed at {len(crashed.where)} failpoints of {len(WORKS)} commands"
        wells.append(show(f"crashes, {name}: {said}; wrong: {wrong or 'nothing'}", crashed.is_well))
    del wanted  # every failpoint is met, whatever the seed
    return all(wells)


def kills(bed: Testbed, wanted: Namespace) -> bool:
    """A process that writes is killed at any moment."""
    wells = list[bool]()
    for name, url in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql().url)):
        killed = kill_writers(
            url, wanted.kills, chance_of(wanted), bed.file.with_name(f"journal of {name}")
        )
        wells.append(show(f"kills, {name}: {killed}", not killed.wrong))
    return all(wells)


def lost_commits(bed: Testbed, wanted: Namespace) -> bool:
    """The connection breaks before the server gets COMMIT, or before the client gets its answer."""
    wells, times, loop = list[bool](), -(-wanted.n // len(KINDS)), Loop()
    try:
        for name, found in (("called", None), ("awaited", loop)):
            with behind(bed.postgresql(), found) as place:
                lost = lose(place, times, AS_FAST_AS_A_CLIENT)
            is_right = set(lost.right.values()) == {times} and not lost.findings
            said = f"{times * len(KINDS)}, applied once and answered rightly: {dict(lost.right)}; {_answered(lost)}"
            wells.append(show(f"lost COMMITs, {name}: {said}", is_right))
    finally:
        loop.stop()
    begun = cut_begins(bed.postgresql(), wanted.rounds)
    return all([*wells, show(f"lost BEGINs: {begun}", not begun.wrong)])


def _answered(lost: Lost) -> str:
    """How long the answers took, by what broke; a delayed COMMIT is waited for until the server has done it."""
    parts = {**lost.seconds, "all": [each for seconds in lost.seconds.values() for each in seconds]}
    shown = {name: quantiles(seconds, n=100) for name, seconds in parts.items()}
    return ", ".join(
        f"{name}: p50 {each[49] * 1e3:.0f} ms, p99 {each[98] * 1e3:.0f} ms"
        for name, each in shown.items()
    )


def faults(bed: Testbed, wanted: Namespace) -> bool:
    """What is under an open store is broken while commands run, and mended."""
    wells = list[bool]()
    for name, make, kinds in (
        ("SQLite", bed.sqlite, ON_SQLITE),
        ("PostgreSQL", bed.postgresql, ON_POSTGRESQL),
    ):
        for fault, kind in kinds.items():
            with place_on(make()) as place:
                suffered = suffer(place, kind, chance_of(wanted), wanted.rounds)
            wells.append(show(f"{fault}, {name}: {suffered}", not suffered.wrong))
    with place_on(bed.postgresql()) as place:
        locked = deadlock(place, wanted.rounds)
    wells.append(show(f"deadlocks, PostgreSQL: {locked}", not locked.wrong))
    return all(wells)


def disks(bed: Testbed, wanted: Namespace) -> bool:
    """Disks that are full, and have room again."""
    wells = list[bool]()
    for name, fill in (
        ("SQLite", full_disk_under_sqlite),
        ("PostgreSQL", full_disk_under_postgresql),
    ):
        suffered = fill(bed, chance_of(wanted), wanted.rounds)
        wells.append(
            show(f"full disk, {name}: {suffered or NO_DISK}", not (suffered and suffered.wrong))
        )
    return all(wells)


def restarts(_: Testbed, wanted: Namespace) -> bool:
    """A server is ended and started again in the middle of commands."""
    suffered, times = restart(chance_of(wanted), wanted.rounds)
    return show(f"restarts, PostgreSQL: {times} times; {suffered}", not suffered.wrong)


def clocks(bed: Testbed, wanted: Namespace) -> bool:
    """The clock jumps forward and back by years."""
    wells = list[bool]()
    for name, found in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql())):
        jumped = jump(found, chance_of(wanted), wanted.edits)
        wells.append(show(f"clock jumps, {name}: {jumped}", not jumped.wrong))
    return all(wells)


def races(bed: Testbed, wanted: Namespace) -> bool:
    """Eight processes edit one concept."""
    wells = list[bool]()
    with editors() as pool:
        for name, url in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql().url)):
            begun = time.monotonic()
            raced = race(pool, url, wanted.edits)
            last, spent = PROCESSES * wanted.edits + 1, time.monotonic() - begun
            is_whole = raced.numbers == list(range(1, last + 1)) and raced.seq == last
            said = f"versions 1..{raced.numbers[-1]}, Stale {raced.stale} times, {spent:.0f} s"
            wells.append(
                show(f"races, {name}: {said}", is_whole and not raced.findings and raced.stale >= 1)
            )
    return all(wells)


def programs(bed: Testbed, wanted: Namespace) -> bool:
    """Programs of commands on every store; AssertionError at the first difference."""
    loop = Loop()
    try:
        tallies = run(
            Templates(bed.server, bed.template, bed.file, loop), wanted.programs, wanted.seed
        )
    finally:
        loop.stop()
    return all(show(f"programs, {name}: {tally}") for name, tally in tallies.items())


def captures(bed: Testbed, wanted: Namespace) -> bool:
    """Eight clients send captures in five orders, a fifth of them twice; both databases end with the same artifacts."""
    wells, ends = list[bool](), set[str]()
    for name, url in (("SQLite", bed.sqlite()), ("PostgreSQL", bed.postgresql().url)):
        begun, store = time.monotonic(), open_store(url)
        shuffled = shuffle(store, wanted.captures, 8, 5, chance_of(wanted))
        store.dispose()
        ends |= set(map(repr, shuffled.artifacts))
        wells.append(
            show(
                f"captures, {name}: {shuffled}, {time.monotonic() - begun:.0f} s", shuffled.is_well
            )
        )
    return all(
        [*wells, show("captures: the artifacts of both databases are equal", len(ends) == 1)]
    )


def workers(_: Testbed, wanted: Namespace) -> bool:
    """Kill workers, the scheduler, Redis and PostgreSQL while three kinds of tasks are processed."""
    seconds = (wanted.minutes or 1) * 60
    report = kill_workers(wanted.units, wanted.deaths, seconds, chance_of(wanted))
    return show(f"workers: {report}", not report.problems)


def claims(bed: Testbed, wanted: Namespace) -> bool:
    """Processes claim one piece of work and a hundred, and some of them die with leases in hand."""
    wells = list[bool]()
    for name, url, share in (("PostgreSQL", bed.postgresql().url, 1), ("SQLite", bed.sqlite(), 50)):
        count = wanted.claims // share
        dose = {
            "claims": count,
            "workers": wanted.workers,
            "deaths": wanted.deaths,
            "pieces": min(20_000, count // 25),
        }
        report = count_claims(url, **dose, chance=chance_of(wanted))
        wells.append(show(f"claims, {name}: {report}", not report.problems))
    return all(wells)


DOSES: Final[Mapping[str, Dose]] = {
    "crashes": crashes,
    "kills": kills,
    "lost-commits": lost_commits,
    "faults": faults,
    "disks": disks,
    "restarts": restarts,
    "clocks": clocks,
    "races": races,
    "programs": programs,
    "captures": captures,
    "workers": workers,
    "claims": claims,
}
