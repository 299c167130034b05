"""The table of declarations: how a host's lifecycle was declared, from which time on.

Decision: docs/design/declarations-that-change.md
"""

from collections.abc import Iterator

from sqlalchemy import PrimaryKeyConstraint

from indelible_sql.schema.columns import (
    ACTOR,
    DIGEST,
    IDENTIFIER,
    INSTANT,
    JSON_OBJECT,
    NONBLANK_TEXT,
    required,
)
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.sqlite_guards import value_guards
from indelible_sql.schema.tables import table

DECLARATIONS = table(
    "declarations",
    required("lifecycle", IDENTIFIER),
    required("declared_at", INSTANT),
    required("actor", ACTOR),
    required("reason", NONBLANK_TEXT),
    required("document", JSON_OBJECT),
    required("hash", DIGEST),
    PrimaryKeyConstraint("lifecycle", "declared_at", name="declarations_pkey"),
    has_rowid=False,
)

# An object with the lists of edges by which changes are judged.
HAS_EDGES = {
    "postgresql": (
        "CASE WHEN jsonb_typeof(NEW.document) = 'object'"
        " THEN jsonb_typeof(NEW.document -> 'edges') = 'array'"
        " AND jsonb_typeof(NEW.document -> 'retired') = 'array' END"
    ),
    "sqlite": (
        "CASE WHEN json_valid(NEW.document)"
        " THEN json_type(NEW.document, '$.edges') = 'array'"
        " AND json_type(NEW.document, '$.retired') = 'array' END"
    ),
}


def declaration_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of declarations, beside those of every record."""
    condition = HAS_EDGES[dialect]
    yield Guard(table=DECLARATIONS, rule="has_edges", event="INSERT", condition=condition)
    if dialect == "sqlite":
        yield from value_guards(DECLARATIONS, "INSERT")
