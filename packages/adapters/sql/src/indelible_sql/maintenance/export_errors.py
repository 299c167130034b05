"""Why an export is not written, or not imported."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, IndelibleError, Invalid, UsageError
from indelible.kernel.exports import InvalidExportLine
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.kernel.record_export import HistoryDiffers

REFUSALS = (GuardViolation, Invalid, Conflict, UsageError)


@frozen
class ExportIncomplete(Conflict):
    """History has lifecycles of no registered context."""

    message: ClassVar[str] = (
        "The store knows no context with lifecycles {lifecycles}: open it with the SqlContext of "
        "their host, or name them to leave them out."
    )
    lifecycles: tuple[str, ...]


@contextmanager
def at_line(number: int) -> Generator[None]:
    """Raise InvalidExportLine instead of a refusal by the domain or by a guard."""
    try:
        yield
    except REFUSALS as error:
        raise line_error(number, error) from error


def line_error(number: int, error: IndelibleError) -> IndelibleError:
    """Return the error that names the line of a refusal.

    HistoryDiffers names its aggregate itself.
    """
    if isinstance(error, HistoryDiffers | InvalidExportLine):
        return error
    if isinstance(error, GuardViolation):
        return InvalidExportLine(number, f"database guard {error.guard} refuses it")
    return InvalidExportLine(number, str(error))
