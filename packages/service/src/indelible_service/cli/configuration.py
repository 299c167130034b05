"""Check the settings without a start."""

import click

from indelible_service.cli.output import Command, print_result
from indelible_service.settings.environment import SettingsWrong

RIGHT = "Faults: 0. Nothing was started and no connection was opened."


@click.group()
def config() -> None:
    """Check the settings."""


@config.command(cls=Command)
def check() -> None:
    """Check the settings of this directory and this environment, and start nothing.

    Lists every fault that would end `up`, `serve`, `work` or `schedule` before its first
    connection, by the names of variables and never with a value. Modules and a chain that the
    settings name are imported and built. No file is created.
    """
    from indelible_service.processes.checking import load_and_check

    _, faults = load_and_check()
    if faults:
        raise SettingsWrong(tuple(faults))

    print_result({"faults": faults}, RIGHT)
