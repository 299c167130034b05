"""A backup, the loss of the machine, and the restore of the backup in its place."""

from pathlib import Path
from typing import Final

from attrs import define, field

from indelible_service.backups.making import BackupPlan, make_backup
from indelible_service.simulation.chain_invariants import forget_lost_scans
from indelible_service.simulation.changes import HistoryReplaced, ReadChange
from indelible_service.simulation.checks import Checker, Noticed
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.losses import Losses
from indelible_service.simulation.machinery import Machinery
from indelible_service.simulation.operator import ACTOR
from indelible_service.simulation.plan import PlannedRestore
from indelible_service.simulation.processes import Surroundings
from indelible_service.simulation.project_invariants import forget_lost_jobs
from indelible_service.simulation.world import Action
from indelible_sql import verify
from indelible_sql.maintenance.snapshot_files import differences

FOLDER: Final = "backups"


@define(kw_only=True, eq=False)
class Restorer:
    """Makes the planned backups, loses the machine, and restores it as docs/how-to/backup.md says.

    What is noticed on the way is a violation of the next check.
    """

    around: Surroundings
    machinery: Machinery
    checker: Checker
    folder: Path
    _backups: dict[PlannedRestore, Path] = field(factory=dict[PlannedRestore, Path])

    def begin(self) -> None:
        """Let the planned restores come."""
        world = self.checker.world
        for restore in self.checker.plan.restores:
            world.at(restore.backup_at, ACTOR, "backup", self._backer(restore))
            world.at(restore.at, ACTOR, "the machine is lost", self._loser(restore))
            again = restore.at + restore.seconds
            world.at(again, ACTOR, "restore", self._restorer(restore))

    @property
    def _losses(self) -> Losses:
        return self.checker.people.losses

    def _backer(self, restore: PlannedRestore) -> Action:
        def back_up() -> str:
            path = self.folder / FOLDER / f"backup-{len(self._backups) + 1}"
            database = self.around.database
            store = database.open(self.around.ids, Mortality(self.around.clock))
            try:
                make_backup(store, BackupPlan(url=database.backup_url), path)
            finally:
                store.dispose()
            self._backups[restore] = path
            return "done"

        return back_up

    def _loser(self, restore: PlannedRestore) -> Action:
        def lose() -> str:
            if restore not in self._backups:
                return ""
            self.machinery.lose()
            # Until then, everything is checked as after an hour.
            self.checker.note(self.checker.check_hour())
            return "done"

        return lose

    def _restorer(self, restore: PlannedRestore) -> Action:
        def restore_backup() -> str:
            path = self._backups.get(restore)
            if path is None:
                return ""
            self.checker.store.dispose()
            self.around.database.restore(path)
            store = self.around.database.open(self.around.ids, Mortality(self.around.clock))
            self.checker.store = store
            self._check_database()
            lost = self._go_back()
            people = self.checker.people
            self._losses.add(
                lost,
                contest_ids=people.contest_ids,
                entry_ids=people.entry_ids,
                stripe=self.around.stripe,
            )
            people.notice_losses(store)
            forget_lost_jobs(self.checker, lost)
            forget_lost_scans(self.checker, lost)
            births = {change.key for change in lost if not change.prev_hash}
            self.checker.builders.notice_losses(births)
            self.checker.operator.take_over()
            self.machinery.replace()
            return f"{len(lost)} changes are lost: {_by_lifecycle(lost)}"

        return restore_backup

    def _check_database(self) -> None:
        """Run `indelible db check` and `indelible verify` on the restored database."""
        store, owner_url = self.checker.store, self.around.database.owner_url
        with self.around.database.real_time():
            different = differences(store, owner_url)
            problems = [*different, *(str(finding) for finding in verify(store))]
        for text in problems:
            self.checker.violate(Noticed.RESTORED_CLEAN, text)

    def _go_back(self) -> list[ReadChange]:
        """Let the checks go on after the newest change of the backup, and return the lost ones."""
        try:
            lost = self.checker.changes.go_back(self.checker.store)
        except HistoryReplaced as error:
            detail = f"{error} was never committed before"
            self.checker.violate(Noticed.RESTORED_PAST, detail)
            self.checker.changes.cursor = ""  # none of the present one is known to be valid
            return []
        for change in reversed(lost):
            self.checker.last_hashes[change.key] = change.prev_hash
        return lost


def _by_lifecycle(lost: list[ReadChange]) -> str:
    counts: dict[str, int] = {}
    for change in lost:
        counts[change.key[0]] = counts.get(change.key[0], 0) + 1
    return ", ".join(f"{name} {counts[name]}" for name in sorted(counts)) or "none"
