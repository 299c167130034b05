"""The stored declarations of hosts' lifecycles, read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.row_checks import decode_row, rows
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.declarations import Declarations, PastLifecycle, StoredDeclaration


def declaration_of_row(values: Mapping[str, Any]) -> StoredDeclaration:
    """Return the declaration of a decoded row."""
    return ROWS.structure(values, StoredDeclaration)


def stored_declarations(session: Session) -> dict[str, Declarations]:
    """Return the stored declarations by the names of their lifecycles.

    One that is damaged is left out: `verify` reports it with the records.
    """
    times: dict[str, list[datetime]] = {}
    lifecycles: dict[str, list[PastLifecycle]] = {}
    for row in rows(session, DECLARATIONS, ("lifecycle", "declared_at")):
        try:
            declaration = declaration_of_row(decode_row(session, DECLARATIONS, row))
            past = declaration.past_lifecycle()
        except UNREADABLE:
            continue
        if declaration.is_intact:
            times.setdefault(declaration.lifecycle, []).append(declaration.declared_at)
            lifecycles.setdefault(declaration.lifecycle, []).append(past)
    return {name: Declarations(times[name], lifecycles[name]) for name in times}
