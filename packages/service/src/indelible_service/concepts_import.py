"""Import another system's history of concepts, with its own times and actors."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from io import BufferedIOBase
from typing import Any, cast

from attrs import field, frozen
from attrs.validators import optional
from marshmallow import ValidationError

from indelible.concepts import CONCEPT, Concept, ConceptContent, ConceptVersion
from indelible.concepts.rules.records import version_data, version_records
from indelible.concepts.rules.warnings import content_warnings
from indelible.kernel import (
    Actor,
    AuditContext,
    Change,
    Data,
    Head,
    IndelibleError,
    UsageError,
)
from indelible.kernel.aggregates import change_for
from indelible.kernel.exports import InvalidExportLine, Line, read_lines
from indelible.kernel.history import Record
from indelible.kernel.values import IDENTIFIER, LINE, is_identifier, is_instant, non_blank_line
from indelible_sql import SqlStore, SqlTransaction
from indelible_sql.maintenance.export_errors import HistoryDiffers, at_line
from indelible_sql.maintenance.import_export import (
    Imported,
    import_foreign_histories,
    import_histories,
)
from indelible_web.http.parsing import parse_json
from indelible_web.http.schemas import Side, schema_of, structure

ImportState = tuple[Head[Concept] | None, ConceptVersion | None]  # the head and its last version


@frozen(kw_only=True)
class ForeignStep:
    """A line of another system's history; it has no hash, no number and no version id."""

    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    action: str = field(validator=is_identifier, metadata=IDENTIFIER)
    actor: Actor
    reason: str = field(validator=non_blank_line, metadata=LINE)
    at: datetime = field(validator=is_instant)
    content: ConceptContent | None = None
    change_note: str | None = field(default=None, validator=optional(non_blank_line), metadata=LINE)

    def apply(
        self, head: Head[Concept] | None, version_id: str
    ) -> tuple[Concept, ConceptVersion | None]:
        """Return the concept after this step, and the version where the step adds one.

        Raises: InvalidTransition, UsageError where content is missing or superfluous.
        """
        state = head.revision.state if head else ""
        edge = CONCEPT.edge(state, self.action)
        if bool(edge.adds_version) != bool(self.content):
            raise UsageError("content belongs to a step that adds a version, and to no other")

        if self.content is None:
            concept = cast("Head[Concept]", head).entity
            return concept.transition(self.action, now=self.at), None

        if head is None:
            concept = Concept.create(self.action, now=self.at, id=self.concept_id)
        else:
            concept = head.entity.transition(self.action, now=self.at)

        note = self.change_note or self.reason
        version = concept.new_version(self.content, version_id=version_id, by=self.actor, note=note)
        return concept, version


History = list[tuple[int, ForeignStep]]  # of one concept: each step with the number of its line


def import_file(store: SqlStore, stream: BufferedIOBase, *, by: Actor) -> Imported:
    """Import an export of ours, or the concepts of another system.

    The whole stream is checked before anything is written, so it is read from its beginning more
    than once. Raises: InvalidExportLine, ExportDamaged, HistoryDiffers.
    """
    first_line = next(read_lines(stream), Line(1, b"")).text
    is_foreign = b'"concept_id"' in first_line
    if not is_foreign:
        return import_histories(store, stream, by=by)

    return import_foreign_histories(store, stream, read_histories, _save_history, by=by)


def read_histories(file: BufferedIOBase) -> Iterator[History]:
    """Yield the history of each concept, in the order in which the concepts first appear.

    The lines of different concepts may be mixed. Raises: InvalidExportLine.
    """
    histories = defaultdict[str, History](list)
    for line in read_lines(file):
        step = _parse_step(line)
        history = histories[step.concept_id]
        if history and step.at < history[-1][1].at:
            raise InvalidExportLine(line.number, "earlier than the change before it")
        history.append((line.number, step))

    yield from histories.values()


def _parse_step(line: Line) -> ForeignStep:
    try:
        document = cast("Any", parse_json(line.text))
        values = cast("dict[str, Any]", schema_of(ForeignStep, Side.BODY)().load(document))
        return structure(values, ForeignStep)
    except (ValidationError, IndelibleError) as error:
        raise InvalidExportLine(line.number, str(error)) from error


def _save_history(tx: SqlTransaction, source: tuple[str, History]) -> int:
    """Save a concept's history and return the number of changes, 0 where it is there already.

    `source` is the digest of the file and the history. Raises: HistoryDiffers.
    """
    file_digest, history = source
    concept_id = history[0][1].concept_id
    existing = tx.history.of(CONCEPT.name, concept_id)
    if existing:
        _ensure_same_import(existing, history, file_digest, concept_id)
        return 0

    mark = {"imported": {"by": tx.actor, "at": tx.clock.now(), "file": file_digest}}
    state: ImportState = None, None
    for number, step in history:
        with at_line(number):
            state = _save_step(tx, mark, step, state)

    return len(history)


def _ensure_same_import(
    existing: tuple[Change, ...], history: History, file_digest: str, concept_id: str
) -> None:
    has_same_length = len(existing) == len(history)
    if not has_same_length or not all(_is_from(file_digest, change) for change in existing):
        raise HistoryDiffers(CONCEPT.name, concept_id)


def _is_from(file_digest: str, change: Change) -> bool:
    mark: object = change.data.get("imported")
    if not isinstance(mark, dict):
        return False

    return cast("dict[str, object]", mark).get("file") == file_digest


def _save_step(
    tx: SqlTransaction, mark: Data, step: ForeignStep, state: ImportState
) -> ImportState:
    head, last_version = state
    concept, version = step.apply(head, tx.ids.new())
    records: tuple[Record, ...] = ()
    data = mark
    if version:
        related = tx.concepts.search.related_names(version)
        warnings = content_warnings(version, last_version, related, tx.policy.concepts)
        records = version_records(version, warnings)
        data = {**mark, **version_data()}

    audit = AuditContext(actor=step.actor, reason=step.reason, request_id=None)
    change = change_for(audit, head, concept, step.action, data=data, records=records)
    tx.concepts.concepts.save(change, concept, records)
    return Head(entity=concept, revision=change.revision), version or last_version
