"""The `indelible` command."""

from collections import UserDict
from importlib import import_module
from typing import Any, Final

import click

from indelible_service.cli.escapes import escape_unencodable_output

# The module of this package that has the command, and the name it has there.
COMMANDS: Final = {
    "up": ("serving", "up"),
    "demo": ("demos", "demo"),
    "serve": ("serving", "serve"),
    "work": ("serving", "work"),
    "schedule": ("serving", "schedule"),
    "alerts": ("alerts", "alerts"),
    "backup": ("backups", "backup"),
    "restore": ("backups", "restore"),
    "config": ("configuration", "config"),
    "db": ("database", "db"),
    "seal": ("database", "seal"),
    "verify": ("database", "verify"),
    "check-lifecycle": ("lifecycles", "check_lifecycle"),
    "observe": ("adoptions", "observe"),
    "adopt": ("adoptions", "adopt"),
    "rebuild": ("database", "rebuild"),
    "simulate": ("simulation", "simulate"),
    "list": ("records", "list_command"),
    "show": ("records", "show"),
    "history": ("history", "history"),
    "new": ("new", "new"),
    "diff": ("concepts", "diff"),
    "export": ("transfer", "export_command"),
    "import": ("transfer", "import_command"),
    "key": ("keys", "key"),
    "task": ("tasks", "task"),
    "subscribers": ("subscribers", "subscribers"),
    "subjects": ("subjects", "subjects"),
    "contests": ("contests", "contests"),
    "contract": ("contract", "contract"),
    "money": ("money", "money"),
    "ops": ("ops", "ops"),
    "projects": ("projects", "projects"),
    "recover-events": ("tokens", "recover_events"),
    "recover-tokens": ("tokens", "recover_tokens"),
}
EXIT_CODES: Final = (
    "Exit codes: 0 success; 1 refused, or problems were found; 2 wrong usage or settings; "
    "3 unavailable, nothing was changed; 4 outcome unknown; 5 internal error."
)


class LazyCommands(UserDict[str, Any]):
    """The commands by their names; a command is imported when it is looked up.

    Importing all of them takes most of the time of a short command.
    """

    def __getitem__(self, name: str) -> click.Command:
        """Return the command, or raise KeyError."""
        module_name, attribute = self.data[name]
        command: click.Command = getattr(import_module(f"{__name__}.{module_name}"), attribute)
        return command


@click.group(
    commands=LazyCommands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)
@click.version_option(package_name="indelible-service", prog_name="indelible")
def main() -> None:
    """Keep records that only move forward and whose history cannot be rewritten.

    Settings come from the environment and from `.env`; `indelible up` needs none.
    """
    escape_unencodable_output()
