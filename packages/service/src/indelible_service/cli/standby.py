"""Let a command that only reads do so on the standby of DATABASE_READ_URL."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Final

import click
from attrs import frozen

from indelible.kernel import Unavailable

if TYPE_CHECKING:
    from indelible_sql import SqlStore

WAIT_SECONDS: Final = 60.0  # for the standby to replay what was committed before the command
STANDBY_OPTION: Final = click.option(
    "--standby",
    "reads_standby",
    is_flag=True,
    help="Read from the server of DATABASE_READ_URL, with everything that is committed now, and "
    "from no other.",
)


@frozen
class NoStandby(Unavailable):
    """A command is to read from a standby, and the settings name none."""

    message: ClassVar[str] = "No standby is configured: expected its address in DATABASE_READ_URL."


@contextmanager
def reading_standby(store: "SqlStore", *, reads_standby: bool) -> Generator[None]:
    """Let the reads of the block come from the standby alone, or change nothing without the flag.

    The primary is only asked for the place of its log that the standby waits for. It answers
    nothing in the standby's place: the result is about one server.

    Raises: NoStandby, StandbyUnusable, and the error of a read that fails on the standby.
    """
    if not reads_standby:
        yield
        return

    if store.standby is None:
        raise NoStandby

    store.standby.wait_seconds = WAIT_SECONDS
    with store.standby_session(after=str(store.read_written()), is_only_standby=True):
        yield
