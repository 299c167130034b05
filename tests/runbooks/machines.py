"""The machine of a simulated installation: its settings and its process manager."""

from pathlib import Path
from typing import Final

from attrs import define

from indelible_service.backups.restoring import SQLITE_SUFFIXES
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.running import Simulation

ADDRESS: Final = "DATABASE_URL="
SQLITE: Final = "sqlite:///"
STOP: Final = "stop"
START_API: Final = "start-api"
START: Final = "start"
MANAGER: Final = "process-manager.sh"
# Ask for something, and wait until it is done.
PROGRAM: Final = 'touch "$1"; while [ -e "$1" ]; do sleep 0.05; done\n'


@define(eq=False)
class Machine:
    """Stops and starts the processes of a simulation, as its process manager is told.

    They use the SQLite file that the settings name. Commands in the directory read them, too.
    """

    _simulation: Simulation
    _folder: Path

    def __attrs_post_init__(self) -> None:
        (self._folder / MANAGER).write_text(PROGRAM, encoding="utf-8")
        settings = self._folder / "settings"
        settings.mkdir()
        self._write(settings / "1.env", self._simulation.around.database.url)
        self._write(settings / "2.env", self._target)
        (self._folder / ".env").symlink_to("settings/1.env")

    @property
    def backup(self) -> Path:
        """Return the folder of the backup that a runbook restores."""
        return self._folder / "night-1"

    @property
    def _target(self) -> str:
        return f"{SQLITE}{self._folder}/restored.sqlite"

    def variables(self) -> dict[str, str]:
        """Return the variables of whoever runs the machine."""
        commands = {"STOP": STOP, "START_API": START_API, "START": START}
        return {
            **{name: f"sh {MANAGER} {command}" for name, command in commands.items()},
            "BACKUP": str(self.backup),
            "TARGET": self._target,
            "NEW_SETTINGS": "settings/2.env",
        }

    def obey(self) -> None:
        """Do what the process manager was told, if anything."""
        actions = {STOP: self.lose, START_API: self._start_api, START: self._start}
        for command, act in actions.items():
            request = self._folder / command
            if request.exists():
                act()
                request.unlink()

    def lose(self) -> None:
        """End all processes."""
        machinery = self._simulation.machinery
        if not machinery.is_lost:
            machinery.lose()

    def _start_api(self) -> None:
        """Start the API on the database that the settings name now."""
        around, checker = self._simulation.around, self._simulation.checker
        checker.store.dispose()
        file = Path(around.database.url.removeprefix(SQLITE))
        text = (self._folder / ".env").read_text(encoding="utf-8").strip()
        named = Path(text.removeprefix(ADDRESS).removeprefix(SQLITE))
        if named != file:
            for suffix in SQLITE_SUFFIXES:
                file.with_name(file.name + suffix).unlink(missing_ok=True)
            file.symlink_to(named)
        checker.store = around.database.open(around.ids, Mortality(around.clock))
        self._simulation.machinery.start_again(self._simulation.machinery.web)

    def _start(self) -> None:
        """Start the other processes, too."""
        self._simulation.machinery.replace()

    def _write(self, file: Path, url: str) -> None:
        file.write_text(f"{ADDRESS}{url}\n", encoding="utf-8")
