"""Replace workers by those of the other release in the middle of work, and strand nothing."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from typing import Any, Final

import psycopg
from attrs import define, field
from tests.doses.chaos.deploy_worker import RELAYED, stage_of
from tests.doses.chaos.installations import (
    OPERATOR,
    POLL_SECONDS,
    WORKERS,
    Installation,
    Report,
    compare_units,
    complete_and_compare,
    enqueue_units,
    run_installation,
)
from tests.releases import Release, Releases, build_releases

from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify
from indelible_sql.maintenance.snapshot_files import differences, later_revision

PROGRAMS: Final = (*(f"worker {number}" for number in range(WORKERS)), "scheduler")
UNITS_OF_EACH_RELEASE: Final = 40
REPLACEMENTS: Final = 4
UNITS: Final = 100
SECONDS: Final = 12  # of the replacements
LEASE_SECONDS: Final = 5
BEFORE_SECONDS: Final = 3  # of work by the older release alone
STOP_SECONDS: Final = 60  # in which a program ends after SIGTERM
STUCK_SECONDS: Final = 120
COUNT_OPEN: Final = """
    SELECT count(*)
    FROM indelible.tasks
    WHERE stage = ANY(%s) AND finished_at IS NULL
"""
UPGRADE: Final = """
import sys
from indelible_sql import open_store
sys.stdout.write(open_store(sys.argv[1]).upgrade(sys.argv[2]))
"""
SELECT_COMPLETED: Final = "SELECT id FROM public.units WHERE kind = %s"


@define(eq=False)
class DeployInstallation(Installation):
    """An installation whose programs are of one of two releases each."""

    releases: dict[str, Release] = field(factory=dict[str, Release])

    def command_of(self, program: str) -> tuple[str, ...]:
        """Return the command that runs a program of its release."""
        return (str(self.releases[program].python), "-m", "tests.doses.chaos.deploy_worker")

    def replace(self, program: str, release: Release, signal: int) -> None:
        """Replace a program by the release's."""
        child = self.children[program]
        child.send_signal(signal)
        if signal == SIGTERM:
            child.wait(STOP_SECONDS)
        child.wait()
        self.releases[program] = release
        self.start(program)


def test_workers_of_two_releases_finish_each_task_once(
    database: PostgresServer,
    tmp_path: Path,
    chance: Random,
    add_summary_line: Callable[[str], None],
) -> None:
    releases = build_releases(tmp_path, database.owner_url)
    report = Report(units=UNITS)
    with run_installation(LEASE_SECONDS, DeployInstallation) as installation:
        enqueued = enqueue_units(installation.url, UNITS, SECONDS * 0.9)
        own_units = _enqueue_own(installation.url, releases)
        for program in PROGRAMS:
            installation.releases[program] = releases.older
            installation.start(program)
        time.sleep(BEFORE_SECONDS)
        _upgrade(installation, releases.newer, report)

        _replace_repeatedly(installation, releases, chance, report)
        _wait_until_completed(installation.url, list(own_units), report)
        for program, child in installation.children.items():
            if child.poll() is not None:
                report.problems.append(f"{program} ended by itself")
        complete_and_compare(installation, enqueued, report)
        _compare_own(installation.url, own_units, report)
        _compare_schema(installation.url, releases.newer.revision, report)

    add_summary_line(f"workers replaced by the other release: {report}")
    assert report.problems == []


def _enqueue_own(url: str, releases: Releases) -> dict[str, set[str]]:
    """Enqueue units for the stage of each release; return all units that each is to finish."""
    units: dict[str, set[str]] = {}
    for release in (releases.older, releases.newer):
        other = releases.other(release)
        names = {f"{other.revision}-{number}" for number in range(UNITS_OF_EACH_RELEASE)}
        units.setdefault(stage_of(release.revision), set()).update(names)
        # Each unit lets its release enqueue one for the other release.
        relayed = {f"{RELAYED}-{name}" for name in names}
        units.setdefault(stage_of(other.revision), set()).update(relayed)

    store = open_store(url)
    try:
        store.run(_enqueue, units, actor=OPERATOR, reason="chaos of deploys")
    finally:
        store.dispose()
    return units


def _enqueue(tx: Any, units: dict[str, set[str]]) -> None:  # noqa: ANN401 - any transaction
    now = tx.clock.now()
    for stage, names in units.items():
        tx.tasks.enqueue(
            stage, {name: now for name in sorted(names) if not name.startswith(RELAYED)}
        )


def _upgrade(installation: Installation, release: Release, report: Report) -> None:
    """Migrate by the newer release while the older one works."""
    revision = subprocess.check_output(
        (release.python, "-c", UPGRADE, installation.url, installation.owner_url), text=True
    )
    if revision != release.revision:
        report.problems.append(f"the upgrade ended at {revision}, expected {release.revision}")


def _replace_repeatedly(
    installation: DeployInstallation,
    releases: Releases,
    chance: Random,
    report: Report,
) -> None:
    for _ in range(REPLACEMENTS):
        time.sleep(chance.uniform(0.5, 1.5) * SECONDS / REPLACEMENTS)
        running = installation.releases
        program = chance.choice(PROGRAMS)
        if len({release.revision for release in running.values()}) == 1:
            program = PROGRAMS[0]  # both releases always run side by side afterwards
        signal = chance.choice((SIGKILL, SIGTERM))
        release = releases.other(running[program])
        installation.replace(program, release, signal)
        report.kills[f"by {release.revision} after {signal.name}"] += 1

    workers = {installation.releases[program].revision for program in PROGRAMS[:WORKERS]}
    if len(workers) == 1:
        release = releases.other(installation.releases[PROGRAMS[0]])
        installation.replace(PROGRAMS[0], release, SIGTERM)
        report.kills[f"by {release.revision} after SIGTERM"] += 1


def _wait_until_completed(url: str, stages: list[str], report: Report) -> None:
    """Wait until each release has finished the tasks of its own stage."""
    start = time.monotonic()
    while time.monotonic() - start < STUCK_SECONDS:
        with psycopg.connect(url) as connection:
            if connection.execute(COUNT_OPEN, (stages,)).fetchone() == (0,):
                return
        time.sleep(POLL_SECONDS)

    report.problems.append(f"tasks of one release were left after {STUCK_SECONDS} s")


def _compare_own(url: str, expected: dict[str, set[str]], report: Report) -> None:
    """Compare what each release finished; a unit that is written twice is refused by its key."""
    with psycopg.connect(url) as connection:
        for stage, units in expected.items():
            rows = connection.execute(SELECT_COMPLETED, (stage,)).fetchall()
            completed = {unit for (unit,) in rows}
            compare_units(stage, units, completed, report)


def _compare_schema(url: str, revision: str, report: Report) -> None:
    """Let this release, which is the older one, check the newer one's database."""
    store = open_store(url)
    try:
        if later_revision(store) != revision:
            report.problems.append(f"the database is not at {revision}")
        report.problems.extend(differences(store))
        report.problems.extend(str(finding) for finding in verify(store))
    finally:
        store.dispose()
