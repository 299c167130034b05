"""Names of commands: data of their own, independent of the functions that handle them."""

from collections.abc import Iterable
from typing import cast

from indelible.kernel.actions import Command
from indelible.kernel.errors import UsageError


def command_name(command: object) -> str:
    """Return the name that fingerprints and metrics use for a command.

    Raises:
        UsageError: The command's class declares no `command_name`.
    """
    name = getattr(command, "command_name", None)
    if name is not None:
        return str(name)

    problem = f"command {type(command).__name__} has no command_name: declare it as a ClassVar[str]"
    raise UsageError(problem)


def use_commands(value: object) -> None:
    """Note that a store was given a command, or several: what it refuses was not forgotten."""
    if isinstance(value, Command):
        value.use()
    elif isinstance(value, list | tuple):
        for one in cast("Iterable[object]", value):
            use_commands(one)
