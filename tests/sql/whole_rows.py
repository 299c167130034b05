"""Compare what stores answer about whole rows, and name what is excepted from it."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from attrs import define, field
from tests.sql.condition_rows import ROWS
from tests.sql.row_stores import ACCEPTED, Ask
from tests.sql.row_values import Values, random_row

from indelible.kernel.aggregates import Aggregate

DIGEST_ID: Final = "The id is a digest of other fields, which no CHECK computes."
NEVER_NEGATIVE: Final = (
    "The domain reads a stored balance below 0: the reconciliation reports it (R10)."
    " `Account.posted` raises BalanceNegative instead of making one."
)
EMPTY_LIST: Final = "No CHECK counts the items of a JSON list; the domain makes the list."
# What one store alone may refuse, by the name of the aggregate and by the refusal.
EXCEPTIONS: Final[Mapping[tuple[str, str], str]] = {
    ("Account", "accounts_never_negative"): NEVER_NEGATIVE,
    ("Charge", "FIELD_NOT_OF_STATE id"): DIGEST_ID,
    ("Movement", "FIELD_NOT_OF_STATE id"): DIGEST_ID,
    ("Refund", "FIELD_NOT_OF_STATE id"): DIGEST_ID,
    ("Reconciliation", "FIELD_NOT_OF_STATE checked"): EMPTY_LIST,
}


@define
class RowTally:
    """The number of rows, how many all stores accept, and the differences."""

    rows: int = 0
    accepted: int = 0
    different: list[str] = field(factory=list[str])

    @property
    def accepted_share(self) -> float:
        """Return the share of the rows that all stores accept."""
        return self.accepted / self.rows


def random_rows_of(entity: type[Aggregate], *, seed: int) -> list[Values]:
    """Return random rows of an aggregate, the same ones for a seed."""
    random = Random(f"{entity.__name__} {seed}")  # noqa: S311 - no secret
    return [random_row(entity, random) for _ in range(ROWS)]


def compare_rows(
    entity: type[Aggregate], rows: Sequence[Values], stores: Mapping[str, Ask], tally: RowTally
) -> None:
    """Ask every store about every row, and add to the tally where their answers differ."""
    answers = {store: ask(entity, rows) for store, ask in stores.items()}
    for row, refusals in zip(rows, zip(*answers.values(), strict=True), strict=True):
        tally.rows += 1
        refused = [refusal for refusal in refusals if refusal != ACCEPTED]
        if not refused:
            tally.accepted += 1
        elif len(refused) < len(refusals):
            known = {(entity.__name__, refusal) for refusal in refused}
            if not known <= EXCEPTIONS.keys():
                by_store = zip(answers, refusals, strict=True)
                named = [f"{store}: {refusal or 'accepted'}" for store, refusal in by_store]
                text = f"{entity.__name__}: {', '.join(named)}\n  {_row_text(row)}"
                tally.different.append(text)


def _row_text(row: Values) -> str:
    return " ".join(f"{name}={value!r}" for name, value in row.items())
