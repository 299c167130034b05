"""Concepts in SQL."""

from typing import Any

from indelible.concepts import CONCEPT
from indelible.concepts.handlers import ConceptRepositoryFacade
from indelible_sql.concepts.store import CONCEPTS, RECORDED, VERSIONS, WARNINGS, SqlConcepts
from indelible_sql.schema.guards import RecordHeadRule
from indelible_sql.sql_context import SqlContext

VERSION_IS_CURRENT = RecordHeadRule(
    record=VERSIONS,
    head=CONCEPTS,
    columns={
        "id": "concept_id",
        "current_version": "version_number",
        "updated_at": "created_at",
    },
)
WARNINGS_ARE_CURRENT = RecordHeadRule(
    record=WARNINGS,
    head=CONCEPTS,
    columns={
        "id": "concept_id",
        "current_version": "version_number",
        "updated_at": "computed_at",
    },
)


def _open_reader(tx: Any) -> SqlConcepts:
    return SqlConcepts(tx.session)


def _open_writer(tx: Any) -> ConceptRepositoryFacade:
    return ConceptRepositoryFacade(tx, SqlConcepts(tx.session))


def _ensure_complete(tx: Any) -> None:
    tx.concepts.ensure_complete()


CONTEXT = SqlContext(
    name="concepts",
    heads={CONCEPTS: CONCEPT},
    records=(VERSIONS, WARNINGS),
    record_head_rules=(VERSION_IS_CURRENT, WARNINGS_ARE_CURRENT),
    digests={CONCEPTS: RECORDED},
    open_reader=_open_reader,
    open_writer=_open_writer,
    before_commit=_ensure_complete,
)
