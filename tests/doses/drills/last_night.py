"""Last night's backup: the database is gone, and `indelible restore` makes one of its backup."""

from random import Random

from tests.doses.drills.bed import (
    Bed,
    command,
    execute,
    settings_of,
    superuser_url,
    with_database,
)
from tests.doses.drills.recovery import NO_DEFECTS, Defects, go_on
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.work import Work, receiving, working

from indelible_service.embedded import PostgresServer


def play_last_night(bed: Bed, seed: int, defects: Defects = NO_DEFECTS) -> list[DrillReport]:
    """Run the drill on both databases."""
    reports = [on_sqlite(bed, seed, defects)]
    with bed.server() as server:
        reports.append(on_postgresql(bed, server, server, seed, "last-night", defects))
    return reports


def instants(work: Work) -> tuple[int, int]:
    """Return after how many steps the backup is made, and after how many the database is lost."""
    chance = Random(f"instants {work.steps}")  # noqa: S311 - no secret
    backup = chance.randrange(1, len(work.steps) - 1)
    return backup, chance.randrange(backup + 1, len(work.steps) + 1)


def described(work: Work, backup: int, end: int) -> str:
    """Return a description of the instants."""
    return f"backup after {backup}, lost after {end} of {len(work.steps)} steps"


def on_sqlite(bed: Bed, seed: int, defects: Defects = NO_DEFECTS) -> DrillReport:
    """Run the drill on a file."""
    folder = bed.place()
    url = bed.sqlite(folder)
    with working(url, folder, seed) as work:
        backup, end = instants(work)
        with receiving(work.site):
            work.run_to(backup)
            command("backup", str(folder / "night"), settings=settings_of(work.site, url))
            work.run_to(end)
        work.site.store.dispose()
        for path in folder.glob("lost.db*"):
            path.unlink()

        restored = f"sqlite:///{folder}/restored.db"
        command("restore", str(folder / "night"), restored, settings={})
        report = DrillReport(
            drill="last-night", database="SQLite", instant=described(work, backup, end)
        )
        return go_on(work, restored, report, defects)


def on_postgresql(
    bed: Bed,
    server: PostgresServer,
    target: PostgresServer,
    seed: int,
    drill: str,
    defects: Defects = NO_DEFECTS,
) -> DrillReport:
    """Run the drill with a dump, which is restored into an empty database of the target."""
    folder = bed.place()
    with working(server.url, folder, seed) as work:
        backup, end = instants(work)
        with receiving(work.site):
            work.run_to(backup)
            settings = settings_of(
                work.site, server.url, INDELIBLE_BACKUP_URL=superuser_url(server)
            )
            command("backup", str(folder / "night"), settings=settings)
            work.run_to(end)
        work.site.store.dispose()
        execute(target, "CREATE DATABASE restored OWNER indelible_owner")
        address = with_database(target.admin_url, "restored")
        command("restore", str(folder / "night"), settings={"INDELIBLE_RESTORE_TARGET": address})
        report = DrillReport(
            drill=drill, database="PostgreSQL", instant=described(work, backup, end)
        )
        return go_on(work, with_database(target.url, "restored"), report, defects)
