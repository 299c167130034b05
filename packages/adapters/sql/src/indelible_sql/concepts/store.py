"""Concepts in SQL: their repository, their search, and the transaction's part of both."""

from typing import Any

from attrs import evolve, frozen

from indelible.concepts import (
    CONCEPT,
    Concept,
    ConceptContent,
    ConceptFilter,
    ConceptOverview,
    ConceptSummary,
    ConceptVersion,
)
from indelible.concepts.entities import ConceptNode, Warnings, name_key
from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.handlers import ConceptRepositoryFacade
from indelible.concepts.repositories import ConceptReadsFacade, Concepts, ConceptsWrite
from indelible.concepts.rules.warnings.names import RelatedNames, related_name_keys
from indelible.kernel import Actor, Head
from indelible_sql.concepts import statements
from indelible_sql.concepts.rows import CONCEPT_HEADS, VERSION_PREFIX, lookup_keys, version_of_row
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.history import ROWS, fetch_all
from indelible_sql.kernel.lists import (
    HIGHEST_CHARACTER,
    ListedTable,
    count_rows,
    list_rows,
    page_query,
)
from indelible_sql.kernel.repository import SqlAggregateRepository


class SqlConceptAggregates(SqlAggregateRepository[Concept]):
    """The repository of concepts, with loads that read the current version too."""

    def load_current(
        self, concept_id: str, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, Warnings]:
        """Return the locked head at the expected seq, its current version and its warnings."""
        values = {"concept_id": concept_id, "expected_seq": expected_seq}
        row = self._load(statements.LOAD_CURRENT, values)
        head, version = _current_of_row(row)
        return head, version, _warnings_of_json(row["warnings"])

    def load_to_edit(
        self, concept_id: str, content: ConceptContent, *, expected_seq: int
    ) -> tuple[Head[Concept], ConceptVersion, RelatedNames]:
        """Return the locked head, its current version, and the names related to the new content."""
        keys = lookup_keys(related_name_keys(content))
        values = {"concept_id": concept_id, "expected_seq": expected_seq, "keys": keys}
        row = self._load(statements.LOAD_TO_EDIT, values)
        head, version = _current_of_row(row)
        return head, version, RelatedNames.among(content, row.get("names", ()))

    def get_current(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion]:
        """Return the concept's head and its current version, or raise ConceptNotFound."""
        row = self._session.first(statements.GET_CURRENT, {"concept_id": concept_id})
        if row is None:
            raise ConceptNotFound(concept_id)

        return _current_of_row(row)

    def _load(self, statement: Query, values: Row) -> Row:
        """Return the row of a load, or raise ConceptNotFound or Stale."""
        row = self._session.first(statement, values)
        if row is not None:
            return row

        # No row at this seq: the concept is missing, or the caller's seq is stale.
        concept_id = values["concept_id"]
        present = self._session.first(statements.GET_VIEW, {"concept_id": concept_id})
        if present is None:
            raise ConceptNotFound(concept_id)
        CONCEPT_HEADS.of_row(present).expected(values["expected_seq"])
        return present


def _current_of_row(row: Row) -> tuple[Head[Concept], ConceptVersion]:
    return CONCEPT_HEADS.of_row(row), version_of_row(row, VERSION_PREFIX)


@frozen
class SqlConceptSearch:
    """Queries on concepts and their versions."""

    _session: Session

    def get_current(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion]:
        """Return the concept's head and its current version, or raise ConceptNotFound."""
        return SqlConceptAggregates(self._session, CONCEPT_HEADS).get_current(concept_id)

    def get_view(self, concept_id: str) -> tuple[Head[Concept], ConceptVersion, Warnings]:
        """Return the head, its current version and that version's warnings, in one statement."""
        row = self._session.first(statements.GET_VIEW, {"concept_id": concept_id})
        if row is None:
            raise ConceptNotFound(concept_id)

        head, version = _current_of_row(row)
        return head, version, _warnings_of_json(row["warnings"])

    def page(self, wanted: ConceptFilter, *, after: str, limit: int) -> tuple[ConceptSummary, ...]:
        """Return the next `limit` matching concepts after a position, in the filter's order."""
        rows = list_rows(
            self._session, statements.LISTED, wanted, where={}, after=after, limit=limit
        )
        return tuple(ROWS.structure({**row, "concept": row}, ConceptSummary) for row in rows)

    def overview(
        self, wanted: ConceptFilter, *, after: str, limit: int, max_searched: int | None = None
    ) -> tuple[ConceptOverview, ...]:
        """Return the concepts of `page` with their last actors and stored warnings."""
        if wanted.text and max_searched is not None:
            heads = self._search_part(wanted, after=after, limit=limit, max_searched=max_searched)
        else:
            listed = self._listed_heads(wanted)
            heads = list_rows(self._session, listed, wanted, where={}, after=after, limit=limit)
        ids = [head["id"] for head in heads]
        rows_by_id: dict[str, Row] = {}
        for details in self._session.rows(statements.OVERVIEW, {"ids": ids}):
            rows_by_id[details["id"]] = details

        overviews: list[ConceptOverview] = []
        for concept_id in ids:
            row = rows_by_id[concept_id]
            summary = ROWS.structure({**row, "concept": row}, ConceptSummary)
            warnings = _warnings_of_json(row["warnings"])
            overviews.append(
                ConceptOverview(summary=summary, actor=row["actor"], warnings=warnings)
            )

        return tuple(overviews)

    def position_after(self, wanted: ConceptFilter, *, after: str, number: int) -> str | None:
        """Return the position of the `number`-th concept after a position, whatever its text."""
        heads, values = self._heads_with_any_text(wanted, after=after)
        values["skipped"] = number - 1
        last, *following = self._session.rows(statements.part_end(heads), values) or (None,)
        if last is None or not following:
            return None

        return wanted.position_of_values(last)

    def count(self, wanted: ConceptFilter, *, limit: int) -> int:
        """Return the number of matching concepts, at most `limit`."""
        return count_rows(self._session, self._listed_heads(wanted), wanted, limit=limit)

    def _search_part(
        self, wanted: ConceptFilter, *, after: str, limit: int, max_searched: int
    ) -> list[dict[str, Any]]:
        """Return the heads with the filter's text among the first of the list."""
        heads, values = self._heads_with_any_text(wanted, after=after)
        statement = statements.searched_part(heads, wanted.ordering)
        values |= {"text": name_key(wanted.text), "limit": limit, "max_searched": max_searched}
        return self._session.rows(statement, values)

    def _heads_with_any_text(
        self, wanted: ConceptFilter, *, after: str
    ) -> tuple[Query, dict[str, Any]]:
        """Return the statement of the heads that match the filter but for its text."""
        matching = evolve(wanted, text="")
        return page_query(self._listed_heads(matching), matching, where={}, after=after)

    def _listed_heads(self, wanted: ConceptFilter) -> ListedTable:
        """Return the heads that a filter selects from; only a text needs their contents."""
        if wanted.actor is None or self._has_many_changes(wanted.actor):
            return statements.SEARCHED_HEADS if wanted.text else statements.LISTED_HEADS
        if wanted.text:
            return statements.SEARCHED_HEADS_OF_FEW_CHANGES
        return statements.LISTED_HEADS_OF_FEW_CHANGES

    def _has_many_changes(self, actor: Actor) -> bool:
        values = {"actor": actor, "limit": statements.MAX_FEW_CHANGES + 1}
        counted = self._session.rows(statements.COUNT_CHANGES_OF_ACTOR, values)[0]
        return bool(counted["number"] > statements.MAX_FEW_CHANGES)

    def related_names(self, version: ConceptVersion) -> RelatedNames:
        """Return other concepts' names that equal the version's name or occur in its definition."""
        keys = lookup_keys(related_name_keys(version.content))
        values = {"keys": keys, "concept_id": version.concept_id}
        row = self._session.rows(statements.RELATED_NAMES, values)[0]
        return RelatedNames.among(version.content, row["names"])

    def names_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """Return a bounded number of names whose key begins with the prefix."""
        values = {"range_start": prefix, "range_end": f"{prefix}{HIGHEST_CHARACTER}"}
        rows = self._session.rows(statements.NAMES_WITH_PREFIX, values)
        return tuple(row["name"] for row in rows)

    def approved_version(self, concept_id: str) -> int | None:
        """Return the version that was approved last, None before any approval."""
        values = {"lifecycle": CONCEPT.name, "entity_id": concept_id, "action": "approve"}
        row = self._session.first(statements.APPROVED_VERSION, values)
        return None if row is None else int(row["version"])

    def nodes(self, *, limit: int) -> tuple[ConceptNode, ...]:
        """Return the first `limit` graph nodes in order of id."""
        return fetch_all(self._session, ConceptNode, statements.NODES, {"limit": limit})

    def nodes_named(self, texts: tuple[str, ...]) -> tuple[ConceptNode, ...]:
        """Return the graph nodes that any of the texts names, by id or by name."""
        keys = {name_key(text) for text in texts}
        values = {"ids": texts, "keys": lookup_keys(keys)}
        nodes = fetch_all(self._session, ConceptNode, statements.NODES_NAMED, values)
        # Stored keys are shortened, so longer names are compared whole here.
        return tuple(node for node in nodes if node.id in texts or name_key(node.name) in keys)


def _warnings_of_json(stored: object) -> Warnings:
    """Return stored warnings, none for a version without a record of them."""
    if not stored:
        return ()
    return ROWS.structure(stored, Warnings)


class SqlConceptsReader:
    """The concepts' part of a read transaction."""

    def __init__(self, session: Session) -> None:
        store = SqlConceptAggregates(session, CONCEPT_HEADS)
        self.concepts = Concepts(store, store)
        self.search = SqlConceptSearch(session)

    @property
    def repository(self) -> ConceptReadsFacade:
        """Return the reading methods of seed 000."""
        return ConceptReadsFacade(self.concepts)


class SqlConceptsWriter(SqlConceptsReader):
    """The concepts' part of a write transaction."""

    def __init__(self, session: Session, tx: ConceptsWrite) -> None:
        super().__init__(session)
        self._tx = tx
        self._facade: ConceptRepositoryFacade | None = None

    @property
    def repository(self) -> ConceptRepositoryFacade:
        """Return the methods of seed 000, which remember what they have begun to save."""
        if self._facade is None:
            self._facade = ConceptRepositoryFacade(self._tx, self.concepts)
        return self._facade

    def ensure_complete(self) -> None:
        """Check that every concept that the methods of seed 000 saved has its version.

        Raises: PartialWrite.
        """
        if self._facade is not None:
            self._facade.ensure_complete()
