"""Names of commands: data of their own, independent of the functions that handle them."""

from typing import ClassVar, Protocol, runtime_checkable

from indelible.kernel.errors import UsageError


@runtime_checkable
class NamedCommand(Protocol):
    """A command with a stable name of the form `verb_noun`, for example `create_concept`."""

    command_name: ClassVar[str]


def command_name(command: object) -> str:
    """Return the name that fingerprints and metrics use for a command.

    Raises:
        UsageError: The command's class declares no `command_name`.
    """
    if isinstance(command, NamedCommand):
        return command.command_name

    problem = f"command {type(command).__name__} has no command_name: declare it as a ClassVar[str]"
    raise UsageError(problem)
