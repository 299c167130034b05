"""An upgrade to a generated additive revision, and its downgrade, in the middle of work.

The processes keep the stores that they have opened, and those that start meanwhile accept it.
"""

from attrs import define

from indelible_service.simulation.changes import HistoryReplaced
from indelible_service.simulation.checks import Checker, Noticed
from indelible_service.simulation.operator import ACTOR
from indelible_service.simulation.processes import Surroundings
from indelible_sql.generated_revisions import apply_later, revert_later
from indelible_sql.maintenance.snapshot_files import differences, later_revision


@define(kw_only=True, eq=False)
class Upgrader:
    """Runs the planned upgrades and downgrades, and checks that the history stays as it is."""

    around: Surroundings
    checker: Checker
    upgrades: int = 0
    downgrades: int = 0

    def begin(self) -> None:
        """Let the planned upgrades come."""
        world = self.checker.world
        for upgrade in self.checker.plan.upgrades:
            world.at(upgrade.at, ACTOR, "upgrade", self._upgrade)
            world.at(upgrade.at + upgrade.seconds, ACTOR, "downgrade", self._downgrade)

    def _upgrade(self) -> str:
        if later_revision(self.checker.store):
            return ""
        self.checker.note(self.checker.check_hour())
        with self.around.database.real_time():
            apply_later(self.around.database.owner_url)
        self.upgrades += 1
        self._check()
        return "done"

    def _downgrade(self) -> str:
        """Take the schema back, unless a restored backup is older than the upgrade."""
        self.checker.note(self.checker.check_hour())
        with self.around.database.real_time():
            if not revert_later(self.around.database.owner_url):
                return ""
        self.downgrades += 1
        self._check()
        return "done"

    def _check(self) -> None:
        """Check the schema, and that each change is where it was."""
        store = self.checker.store
        with self.around.database.real_time():
            problems = differences(store, self.around.database.owner_url)
        for text in problems:
            self.checker.violate(Noticed.MIGRATED_CLEAN, text)
        changes = self.checker.changes
        try:
            is_whole = changes.is_whole(store)
        except HistoryReplaced:
            is_whole = False
        if not is_whole:
            self.checker.violate(Noticed.MIGRATED_HISTORY, "changes are gone, or others")
            changes.cursor = ""  # the change that the present one names may be gone
