"""The errors by which the domain names a write that the database has refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.sql.base import Executable

from indelible.kernel import IndelibleError, Stale
from indelible_sql.engine.errors import GuardViolation


class RowReader(Protocol):
    """A session that an explanation reads by."""

    def first(self, statement: Executable, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the first row, or None."""
        ...


# Returns the error of a refused write, None where it knows no better one. On PostgreSQL the session
# reads nothing after a GuardViolation; after a Stale of a collected change, whose transaction was
# rolled back, it reads what others have committed.
Explain = Callable[[GuardViolation | Stale, RowReader], IndelibleError | None]


def explained(
    refusal: GuardViolation | Stale, explanations: Sequence[Explain], session: RowReader
) -> IndelibleError:
    """Return the error that the innermost block explains a refused write by, or the refusal.

    The first of `explanations` is the innermost block's. The next one explains what the one before
    left as a refusal.
    """
    error: IndelibleError = refusal
    for explain in explanations:
        if isinstance(error, GuardViolation | Stale):
            error = explain(error, session) or error
    return error
