"""Concepts in SQL."""

from typing import Any

from indelible_sql.concepts.rows import CONCEPT_HEADS
from indelible_sql.concepts.store import SqlConceptsReader, SqlConceptsWriter
from indelible_sql.schema.sql_context import SqlContext

NAME = "concepts"


def _open_reader(tx: Any) -> SqlConceptsReader:
    return SqlConceptsReader(tx.session)


def _open_writer(tx: Any) -> SqlConceptsWriter:
    return SqlConceptsWriter(tx.session, tx)


def _ensure_complete(tx: Any) -> None:
    writer = tx.opened(NAME)
    if writer is not None:
        writer.ensure_complete()


CONTEXT = SqlContext(
    name=NAME,
    mappings=(CONCEPT_HEADS,),
    open_reader=_open_reader,
    open_writer=_open_writer,
    before_commit=_ensure_complete,
)
