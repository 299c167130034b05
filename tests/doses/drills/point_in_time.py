"""A point in time: the last base backup and the archived log, up to a moment before the loss."""

from random import Random

from tests.doses.drills.archives import archived_server, restored_server, time_of, wait_for_archive
from tests.doses.drills.bed import Bed, command, settings_of
from tests.doses.drills.last_night import instants
from tests.doses.drills.recovery import NO_DEFECTS, Defects, go_on
from tests.doses.drills.reports import DrillReport
from tests.doses.drills.work import receiving, working


def play_point_in_time(bed: Bed, seed: int, defects: Defects = NO_DEFECTS) -> list[DrillReport]:
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
            go_on(work, restored.url, report, defects)
            lost = sum(report.lost.values())
            report.require(lost == wanted, f"{lost} changes are lost, expected {wanted}")
            work.site.store.dispose()
            return [report]
