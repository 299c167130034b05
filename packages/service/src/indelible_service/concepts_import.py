"""Another system's history of concepts: it comes in with its own times and actors, and is marked as imported."""

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
from indelible_sql.maintenance.export import (
    HistoryDiffers,
    Imported,
    import_each,
    import_histories,
    on_line,
)
from indelible_web.http.parsing import parse_json
from indelible_web.http.schemas import Side, schema_of, structure


@frozen(kw_only=True)
class ForeignStep:
    """What a line of another system's history says: no hash, no number, no version's id."""

    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    action: str = field(validator=is_identifier, metadata=IDENTIFIER)
    actor: Actor
    reason: str = field(validator=non_blank_line, metadata=LINE)
    at: datetime = field(validator=is_instant)
    content: ConceptContent | None = None
    change_note: str | None = field(default=None, validator=optional(non_blank_line), metadata=LINE)

    def taken(
        self, head: Head[Concept] | None, version_id: str
    ) -> tuple[Concept, ConceptVersion | None]:
        """The concept after this step, and the version where it adds one."""
        edge = CONCEPT.edge(head.revision.state if head else "", self.action)
        if bool(edge.adds_version) != bool(self.content):
            raise UsageError("content belongs to a step that adds a version, and to no other")
        if self.content is None:
            return cast("Head[Concept]", head).entity.transition(self.action, now=self.at), None
        if head is None:
            concept = Concept.create(self.action, now=self.at, id=self.concept_id)
        else:
            concept = head.entity.transition(self.action, now=self.at)
        note = self.change_note or self.reason
        version = concept.new_version(self.content, version_id=version_id, by=self.actor, note=note)
        return concept, version


History = list[tuple[int, ForeignStep]]  # of one concept: each step with the number of its line


def import_file(store: SqlStore, stream: BufferedIOBase, *, by: Actor) -> Imported:
    """Keep every history of an export of ours, or every concept of another system's; nothing before all is rehearsed.

    `stream` is read from its beginning more than once. Raises BadLine, ExportDamaged or HistoryDiffers.
    """
    first = next(read_lines(stream), Line(1, b"")).text
    if b'"concept_id"' not in first:
        return import_histories(store, stream, by=by)
    return import_each(store, stream, histories, _keep, by=by)


def histories(file: BufferedIOBase) -> Iterator[History]:
    """Concepts in the order in which they are first named; their lines may stand in any mixture."""
    found = defaultdict[str, History](list)
    for line in read_lines(file):
        step = _step(line)
        history = found[step.concept_id]
        if history and step.at < history[-1][1].at:
            raise InvalidExportLine(line.number, "earlier than the change before it")
        history.append((line.number, step))
    yield from found.values()


def _step(line: Line) -> ForeignStep:
    try:
        said = cast(
            "dict[str, Any]",
            schema_of(ForeignStep, Side.BODY)().load(cast("Any", parse_json(line.text))),
        )
        return structure(said, ForeignStep)
    except (ValidationError, IndelibleError) as error:
        raise InvalidExportLine(line.number, str(error)) from error


def _keep(tx: SqlTransaction, told: tuple[str, History]) -> int:
    """How many changes were written: all of the concept's, or none when they were there."""
    file, history = told
    concept_id = history[0][1].concept_id
    kept = tx.history.of(CONCEPT.name, concept_id)
    if kept:
        if len(kept) != len(history) or not all(_is_of(file, change) for change in kept):
            raise HistoryDiffers(CONCEPT.name, concept_id)
        return 0
    imported = {"imported": {"by": tx.actor, "at": tx.clock.now(), "file": file}}
    so_far: tuple[Head[Concept] | None, ConceptVersion | None] = None, None
    for number, step in history:
        with on_line(number):
            so_far = _recorded(tx, imported, step, *so_far)
    return len(history)


def _is_of(file: str, change: Change) -> bool:
    imported: object = change.data.get("imported")
    return isinstance(imported, dict) and cast("dict[str, object]", imported).get("file") == file


def _recorded(
    tx: SqlTransaction,
    data: Data,
    step: ForeignStep,
    head: Head[Concept] | None,
    latest: ConceptVersion | None,
) -> tuple[Head[Concept], ConceptVersion | None]:
    concept, version = step.taken(head, tx.ids.new())
    records: tuple[Record, ...] = ()
    if version:
        names = tx.concepts.search.related_names(version)
        warnings = content_warnings(version, latest, names, tx.policy.concepts)
        records = version_records(version, warnings)
        data = {**data, **version_data()}
    audit = AuditContext(actor=step.actor, reason=step.reason, request_id=None)
    change = change_for(audit, head, concept, step.action, data=data, records=records)
    tx.concepts.concepts.save(change, concept, records)
    return Head(entity=concept, revision=change.revision), version or latest
