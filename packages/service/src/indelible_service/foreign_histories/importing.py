"""Import another system's history of concepts, with its own times and actors."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from heapq import merge
from io import BufferedIOBase
from typing import Self

from attrs import define, frozen

from indelible.concepts import CONCEPT, Concept, ConceptVersion
from indelible.concepts.rules.records import fold, version_data, version_records
from indelible.concepts.rules.warnings.content import content_warnings
from indelible.kernel import Actor, AuditContext, Change, Data, Head, IndelibleError
from indelible.kernel.aggregates import change_for
from indelible.kernel.clock import instant_after
from indelible.kernel.exports import InvalidExportLine, InvalidLines, Line, read_lines
from indelible.kernel.history import Record
from indelible.kernel.progress import Progress
from indelible_service.foreign_histories.steps import (
    ForeignStep,
    concept_id_of,
    parse_step,
    shortened,
)
from indelible_sql import SqlStore, SqlTransaction
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.kernel.record_export import HistoryDiffers
from indelible_sql.maintenance.export_errors import at_line
from indelible_sql.maintenance.import_export import (
    Imported,
    import_foreign_histories,
    import_histories,
)

ImportState = tuple[Head[Concept] | None, ConceptVersion | None]  # the head and its last version
History = list[tuple[int, ForeignStep]]  # of one concept: each step with the number of its line


@frozen
class StoredHistory:
    """The stored changes and versions of a concept, oldest first."""

    changes: tuple[Change, ...]
    versions: tuple[ConceptVersion, ...]

    @property
    def is_imported(self) -> bool:
        """Return True where every change was imported."""
        return all(isinstance(change.data.get("imported"), dict) for change in self.changes)

    def state(self, length: int) -> ImportState:
        """Return the head and the last version after the first `length` changes."""
        if length == 0:
            return None, None

        last = self.changes[length - 1]
        concept = fold((self.changes[0], last))
        return Head(entity=concept, revision=last.revision), self.versions[last.version - 1]

    def has(self, index: int, step: ForeignStep) -> bool:
        """Return True where the step would write the change with this index."""
        change = self.changes[index]
        stored_version = self.versions[change.version - 1]
        head, _ = self.state(index)
        try:
            concept, version = step.apply(head, stored_version.id)
        except IndelibleError:
            return False

        stored_values = change.action, change.actor, change.reason, change.at
        if stored_values != (step.action, step.actor, step.reason, concept.updated_at):
            return False

        return version is None or version == stored_version

    def new_steps(self, history: History) -> History:
        """Return the steps that the stored history does not have yet.

        The history begins with a stored change, or after the last of them. It contains all stored
        changes from its beginning on. Raises: HistoryDiffers.
        """
        first_step = history[0][1]
        difference = HistoryDiffers(CONCEPT.name, first_step.concept_id)
        if not self.is_imported:
            raise difference

        start = self._index_of(first_step)
        if start is None:
            if not self._is_followed_by(first_step):
                raise difference
            return history

        repeated = len(self.changes) - start
        if repeated > len(history):
            raise difference
        for index, (_, step) in enumerate(history[:repeated], start):
            if not self.has(index, step):
                raise difference

        return history[repeated:]

    def _is_followed_by(self, step: ForeignStep) -> bool:
        """Return True where the step is later than the last change, so that it cannot replace it.

        Several steps of one instant are told apart by their actions.
        """
        last = self.changes[-1]
        return step.at > last.at or (step.at == last.at and step.action != last.action)

    def _index_of(self, step: ForeignStep) -> int | None:
        for index in range(len(self.changes)):
            if self.has(index, step):
                return index

        return None


def import_file(
    store: SqlStore, stream: BufferedIOBase, *, by: Actor, progress: Progress | None = None
) -> Imported:
    """Import an export of ours, or the concepts of another system.

    The whole stream is checked before anything is written, so it is read from its beginning more
    than once. `progress` counts the bytes of an export, or the changes of another system. Raises:
    InvalidExportLine, InvalidExportLines, ExportDamaged, HistoryDiffers.
    """
    first_line = next(read_lines(stream), Line(1, b"")).text
    is_foreign = b'"concept_id"' in first_line
    if not is_foreign:
        return import_histories(store, stream, by=by, progress=progress)

    save = partial(_save_histories, progress=progress or Progress())
    return import_foreign_histories(store, stream, save, by=by)


def read_histories(file: BufferedIOBase, invalid_lines: InvalidLines) -> Iterator[History]:
    """Yield the history of each concept, in the order in which the concepts first appear.

    The lines of different concepts may be mixed. A concept with an invalid line is left out,
    because the lines after the invalid one would be refused only because of it.
    """
    histories = defaultdict[str, History](list)
    invalid_ids = set[str]()
    for line in read_lines(file):
        try:
            step = parse_step(line)
        except InvalidExportLine as error:
            invalid_lines.add(error)
            invalid_id = concept_id_of(line)
            if invalid_id is not None:
                invalid_ids.add(invalid_id)
            continue

        history = histories[step.concept_id]
        if history and step.at < history[-1][1].at:
            invalid_ids.add(step.concept_id)
            invalid_lines.add(_out_of_order(line, step, history[-1][1]))
            continue

        history.append((line.number, step))

    for concept_id, history in histories.items():
        if concept_id not in invalid_ids:
            yield history


def _out_of_order(line: Line, step: ForeignStep, previous: ForeignStep) -> InvalidExportLine:
    at, previous_at = shortened(step.at.isoformat()), shortened(previous.at.isoformat())
    problem = f"earlier than the change before it: expected {previous_at} or later, got {at}"
    return InvalidExportLine(line.number, problem)


@define(eq=False)
class ConceptImport:
    """The steps of one concept that are still to be saved, and its state before the next one."""

    steps: History
    state: ImportState = (None, None)
    is_refused: bool = False

    @classmethod
    def begin(cls, tx: SqlTransaction, history: History) -> Self:
        """Compare a history with the stored one and keep the steps after it.

        Raises: HistoryDiffers.
        """
        concept_id = history[0][1].concept_id
        changes = tx.history.of(CONCEPT.name, concept_id)
        if not changes:
            return cls(history)

        versions = tx.concepts.repository.list_versions(concept_id)
        stored = StoredHistory(changes, tuple(versions))
        steps = stored.new_steps(history)
        if not steps:
            return cls(steps)

        return cls(steps, stored.state(len(changes)))

    def schedule(self) -> Iterator[tuple[datetime, int, "ConceptImport", ForeignStep]]:
        """Yield each step with the time of its change and the number of its line.

        Steps of one instant become changes of successive instants.
        """
        head, _ = self.state
        last = head.entity.updated_at if head else None
        for number, step in self.steps:
            last = instant_after(last, step.at) if last else step.at
            yield last, number, self, step


def _save_histories(
    tx: SqlTransaction, file: tuple[str, BufferedIOBase], *, progress: Progress
) -> list[int]:
    """Save the new steps of all concepts in the order of time; return the number of each.

    Each version is therefore compared with the names of its own time, and the feed is in the
    order of time. Of each concept the first line that is refused is reported.
    Raises: HistoryDiffers, InvalidExportLine, InvalidExportLines.
    """
    file_digest, stream = file
    mark = {"imported": {"by": tx.actor, "at": tx.clock.now(), "file": file_digest}}
    invalid_lines = InvalidLines()
    imports: list[ConceptImport] = []
    for history in read_histories(stream, invalid_lines):
        imports.append(ConceptImport.begin(tx, history))

    progress.unit = "changes"
    progress.total = sum(len(concept_import.steps) for concept_import in imports)
    # A heap holds one step of each concept; the numbers of lines are unique.
    schedules = [concept_import.schedule() for concept_import in imports]
    for done, (_, number, concept_import, step) in enumerate(merge(*schedules)):
        progress.done = done
        if concept_import.is_refused:
            continue
        try:
            with at_line(number):
                concept_import.state = _save_step(tx, mark, step, concept_import.state)
        except InvalidExportLine as error:
            concept_import.is_refused = True
            invalid_lines.add(error)
            if isinstance(error.__cause__, GuardViolation):
                break  # the database accepts no further statement in this transaction

    invalid_lines.raise_errors()
    return [len(concept_import.steps) for concept_import in imports]


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
