"""The writes of a journal that are no changes, as refusals with counts and examples."""

from typing import Any

from attrs import frozen
from sqlalchemy import select

from indelible_sql.adoption.findings import Example, Refusal
from indelible_sql.adoption.journal import ID, KIND, PROBLEM, Journal, Kind
from indelible_sql.adoption.sources import key_text
from indelible_sql.adoption.statements import rows


@frozen
class _Counted:
    """The problems of one code."""

    keys: list[Example]
    count: int


def journaled_refusals(
    tx: Any, *, journal: Journal, kind: Kind, examples: int
) -> tuple[Refusal, ...]:
    """Return the writes of a kind by the codes of their problems, with the first examples."""
    writes = journal.writes
    statement = select(writes).where(writes.c[KIND] == str(kind)).order_by(writes.c[ID])
    if kind is Kind.SAVED:
        statement = statement.where(writes.c[PROBLEM] != "")
    counted: dict[str, _Counted] = {}
    for row in rows(tx.connection, statement):
        code, _, message = row[PROBLEM].partition(": ")
        code = code or str(kind)
        before = counted.get(code, _Counted([], 0))
        if before.count < examples:
            before.keys.append(Example(key_text(journal.source.key_of(row)), message))
        counted[code] = _Counted(before.keys, before.count + 1)

    refusals: list[Refusal] = []
    for code, found_rows in sorted(counted.items()):
        refusals.append(Refusal(code, "", found_rows.count, tuple(found_rows.keys)))
    return tuple(refusals)
