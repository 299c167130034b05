"""The database is gone: `indelible restore` makes one of last night's backup, or of a base backup.

With a base backup goes the archived log, up to a moment before the loss.
"""

from random import Random

from tests.doses.drills.archives import archived_server, restored_server, time_of, wait_for_archive
from tests.doses.drills.bed import (
    Bed,
    command,
    execute,
    settings_of,
    superuser_url,
    with_database,
)
from tests.doses.drills.recovery import go_on
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.work import Work, receiving, working

from indelible_service.embedded import PostgresServer


def play_last_night(bed: Bed, seed: int) -> list[DrillReport]:
    """Run the drill on both databases."""
    reports = [on_sqlite(bed, seed)]
    with bed.server() as server:
        reports.append(on_postgresql(bed, server, server, seed, "last-night"))
    return reports


def instants(work: Work) -> tuple[int, int]:
    """Return after how many steps the backup is made, and after how many the database is lost."""
    chance = Random(f"instants {work.steps}")  # noqa: S311 - no secret
    backup = chance.randrange(1, len(work.steps) - 1)
    return backup, chance.randrange(backup + 1, len(work.steps) + 1)


def described(work: Work, backup: int, end: int) -> str:
    """Return a description of the instants."""
    return f"backup after {backup}, lost after {end} of {len(work.steps)} steps"


def on_sqlite(bed: Bed, seed: int) -> DrillReport:
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
        return go_on(work, restored, report)


def on_postgresql(
    bed: Bed,
    server: PostgresServer,
    target: PostgresServer,
    seed: int,
    drill: str,
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
        return go_on(work, with_database(target.url, "restored"), report)


def play_other_server(bed: Bed, seed: int) -> list[DrillReport]:
    """Restore the dump of one server into an empty database of another one."""
    with bed.server() as lost, bed.server() as target:
        return [on_postgresql(bed, lost, target, seed, "other-server")]


def play_point_in_time(bed: Bed, seed: int) -> list[DrillReport]:
    """Run the drill: a backup, work, the moment, more work, the loss, and the restored moment."""
    folder = bed.place()
    with (
        archived_server(bed) as (server, directory, log),
        working(server.url, folder, seed) as work,
    ):
        backup, end = instants(work)
        moment = Random(f"moment {seed}").randrange(backup, end)  # noqa: S311 - no secret
        with receiving(work.site):
            work.run_to(backup)
            settings = settings_of(work.site, server.url, INDELIBLE_BACKUP_URL=server.admin_url)
            command("backup", str(folder / "base"), "--method=base", settings=settings)
            work.run_to(moment)
            until = time_of(server)
            known = len(work.reader.changes)
            work.run_to(end)
        work.site.store.dispose()
        wait_for_archive(server)

        options = ("--until", until.isoformat().replace("+00:00", "+0000"))
        with restored_server(directory, folder / "base", *options, log=log) as restored:
            report = DrillReport(
                drill="point-in-time",
                database="PostgreSQL",
                instant=f"base after {backup}, moment after {moment}, lost after {end}"
                f" of {len(work.steps)} steps",
            )
            wanted = len(work.reader.changes) - known
            go_on(work, restored.url, report)
            lost = sum(report.lost.values())
            report.require(lost == wanted, f"{lost} changes are lost, expected {wanted}")
            work.site.store.dispose()
            return [report]
