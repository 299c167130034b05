"""What a file says of one concept: a history of ours, taken as it is, or a foreign one, which is chained here."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import ClassVar

from attrs import field, frozen

from indelible.concepts import (
    CONCEPT,
    Concept,
    ConceptContent,
    ConceptNotFound,
    ConceptPolicy,
    ConceptsRead,
    ConceptsWrite,
    ConceptVersion,
    Warnings,
)
from indelible.concepts.rules.records import record_of
from indelible.concepts.rules.warnings import NamesLike, content_warnings
from indelible.kernel import (
    Actor,
    Because,
    Change,
    Conflict,
    Data,
    Head,
    Ids,
    Invalid,
    TimeOrderedIds,
    next_change,
    verify_chain,
)
from indelible.kernel.values import IDENTIFIER, is_identifier, is_instant
from indelible_service.lines import BadLine

EARLIEST = datetime.min.replace(tzinfo=UTC)


@frozen
class ConceptDiffers(Conflict):
    """A concept of this id is kept already, with another history."""

    code: ClassVar[str] = "CONCEPT_DIFFERS"
    concept_id: str


@frozen
class ContentAmiss(Invalid):
    """Content belongs to a step that adds a version, and to no other."""

    code: ClassVar[str] = "CONTENT_AMISS"


@frozen(kw_only=True)
class Entry:
    """A change, and the version with its warnings where it added one."""

    change: Change
    version: ConceptVersion | None
    warnings: Warnings

    def fault(self) -> str | None:
        """What is wrong with it by itself, if anything is."""
        change, version = self.change, self.version
        try:
            Because(actor=change.actor, reason=change.reason, request_id=change.request_id)
        except Invalid as error:
            return error.code
        if change.lifecycle != CONCEPT.name:
            return "not a change of a concept"
        if version is None:
            return "a version or a warning is amiss" if change.adds_version or self.warnings else None
        of_version = version.concept_id, version.version_number, version.created_at
        if not change.adds_version or of_version != (change.entity_id, change.version, change.at):
            return "the version is not the one that the change adds"
        kept = record_of(version, self.warnings)
        return None if kept.items() <= change.data.items() else "a digest is not that of the version or its warnings"


@frozen(kw_only=True)
class OwnHistory:
    """A concept as an export of ours tells it, with the number of its first line."""

    line: int
    entries: tuple[Entry, ...]

    @property
    def concept_id(self) -> str:
        """Whose history it is."""
        return self.entries[0].change.entity_id

    def check(self) -> None:
        """BadLine or BrokenChain, unless every change follows from the one before it and from what it added."""
        at = EARLIEST
        for number, entry in enumerate(self.entries, start=self.line):
            fault = entry.fault() or ("not later than the change before it" if entry.change.at <= at else None)
            if fault:
                raise BadLine(number, fault)
            at = entry.change.at
        verify_chain(CONCEPT, [entry.change for entry in self.entries])

    def is_kept(self, tx: ConceptsRead) -> bool:
        """Whether the store has this very history, False when it has none, ConceptDiffers when it has another."""
        try:
            head, _ = tx.concept_search.find(self.concept_id)
        except ConceptNotFound:
            return False
        if head.place != self.entries[-1].change.place:
            raise ConceptDiffers(self.concept_id)
        return True

    def written(self, _: ConceptsWrite) -> tuple[Entry, ...]:
        """What to record."""
        return self.entries


@frozen(kw_only=True)
class ForeignChange:
    """A change as another system tells it: no hash, no number, no version's id."""

    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    action: str
    actor: Actor
    reason: str
    at: datetime = field(validator=is_instant)
    content: ConceptContent | None = None
    change_note: str | None = None


@frozen(kw_only=True)
class ForeignHistory:
    """A concept as another system tells it, with the lines' numbers and the digest of the whole file."""

    steps: tuple[tuple[int, ForeignChange], ...]
    file: str

    @property
    def concept_id(self) -> str:
        """Whose history it is."""
        return self.steps[0][1].concept_id

    def check(self) -> None:
        """BadLine, unless the lifecycle allows every step, in the order of their times."""
        for _ in self._chained({}, TimeOrderedIds(), lambda _: NamesLike(), ConceptPolicy()):
            pass

    def is_kept(self, tx: ConceptsRead) -> bool:
        """Whether this very file was imported, False when the id is free, ConceptDiffers when it is not."""
        kept = tx.history.of(CONCEPT.name, self.concept_id)
        if kept and [change.data.get("imported", {}).get("file") for change in kept] != [self.file] * len(self.steps):
            raise ConceptDiffers(self.concept_id)
        return bool(kept)

    def written(self, tx: ConceptsWrite) -> tuple[Entry, ...]:
        """What to record: the steps' own times and actors, chained, and marked as imported."""
        imported = {"by": tx.actor, "at": tx.clock.now(), "file": self.file}
        names_like, policy = tx.concept_search.names_like, tx.policy.concepts
        return tuple(self._chained({"imported": imported}, tx.ids, names_like, policy))

    def _chained(
        self, mark: Data, ids: Ids, names_like: Callable[[ConceptVersion], NamesLike], policy: ConceptPolicy
    ) -> Iterator[Entry]:
        head: Head[Concept] | None = None
        latest: ConceptVersion | None = None
        told = EARLIEST
        for number, step in self.steps:
            if step.at < told:
                raise BadLine(number, "earlier than the change before it")
            try:
                because = Because(actor=step.actor, reason=step.reason)
                concept, version = _moved(head, step, ids)
                warnings = content_warnings(version, latest, names_like(version), policy) if version else ()
                data = {**(record_of(version, warnings) if version else {}), **mark}
                change = next_change(because, CONCEPT, head, concept, step.action, data)
            except (Invalid, Conflict) as error:
                raise BadLine(number, f"{error.code}: {error.message}") from error
            yield Entry(change=change, version=version, warnings=warnings)
            head, latest, told = Head(entity=concept, place=change.place), version or latest, step.at


def _moved(head: Head[Concept] | None, step: ForeignChange, ids: Ids) -> tuple[Concept, ConceptVersion | None]:
    edge = CONCEPT.edge(head.place.state if head else "", step.action)
    content, by, note = step.content, step.actor, step.change_note or step.reason
    if (content is None) == bool(edge.adds_version):
        raise ContentAmiss
    if content is None:
        if head is None:
            raise ContentAmiss
        return head.entity.moved(step.action, now=step.at), None
    if head is None:
        return Concept.created(content, concept_id=step.concept_id, version_id=ids.new(), by=by, note=note, now=step.at)
    return head.entity.edited(content, version_id=ids.new(), by=by, note=note, now=step.at)
