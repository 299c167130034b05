"""The only writers of concepts: load, decide, record."""

from indelible.concepts.commands import (
    ApproveConcept,
    ConceptSaved,
    CreateConcept,
    EditConcept,
    PublishConcept,
    SubmitConcept,
)
from indelible.concepts.entities import Concept, ConceptVersion, Warnings
from indelible.concepts.errors import ConceptNotFound, PartialWrite
from indelible.concepts.lifecycle import CONCEPT
from indelible.concepts.ports import ConceptReads, ConceptsWrite
from indelible.concepts.rules.current import current_warnings
from indelible.concepts.rules.records import (
    change_between,
    check_corrected,
    check_step,
    check_version,
    version_change_data,
)
from indelible.concepts.rules.warnings import RelatedNames, content_warnings
from indelible.kernel import Change, Head, next_change


def create_concept(tx: ConceptsWrite, command: CreateConcept) -> ConceptSaved:
    """Begin a concept: DRAFT, version 1."""
    if command.corrects is not None:
        check_corrected(tx.concept_search.find(command.corrects)[0].entity)
    concept, version = Concept.created(
        command.content,
        concept_id=tx.ids.new(),
        version_id=tx.ids.new(),
        by=tx.actor,
        note=command.change_note,
        now=tx.clock.now(),
    )
    names = tx.concept_search.related_names(version)
    return _save_version(tx, None, concept, version, None, names, corrects=command.corrects)


def edit_concept(tx: ConceptsWrite, command: EditConcept) -> ConceptSaved:
    """Give the concept its next version; its status stays."""
    head, latest, names = tx.concept_heads.load_to_edit(
        command.concept_id, command.content, expected_seq=command.expected_seq
    )
    concept, version = head.entity.edited(
        command.content,
        version_id=tx.ids.new(),
        by=tx.actor,
        note=command.change_note,
        now=tx.clock.now(),
    )
    return _save_version(tx, head, concept, version, latest, names)


def submit_concept(tx: ConceptsWrite, command: SubmitConcept) -> ConceptSaved:
    """Hand the draft to its reviewers."""
    head, latest = tx.concept_heads.load(command.concept_id, expected_seq=command.expected_seq)
    return _save_step(
        tx, head, head.entity.transition("submit", now=tx.clock.now()), latest, "submit"
    )


def approve_concept(tx: ConceptsWrite, command: ApproveConcept) -> ConceptSaved:
    """Approve the present version; OwnWork where the policy wants another pair of eyes."""
    head, latest = tx.concept_heads.load(command.concept_id, expected_seq=command.expected_seq)
    return _save_step(
        tx, head, head.entity.transition("approve", now=tx.clock.now()), latest, "approve"
    )


def publish_concept(tx: ConceptsWrite, command: PublishConcept) -> ConceptSaved:
    """Make the concept read-only, for good."""
    head, latest = tx.concept_heads.load(command.concept_id, expected_seq=command.expected_seq)
    return _save_step(
        tx, head, head.entity.transition("publish", now=tx.clock.now()), latest, "publish"
    )


def _save_version(
    tx: ConceptsWrite,
    head: Head[Concept] | None,
    concept: Concept,
    version: ConceptVersion,
    latest: ConceptVersion | None,
    names: RelatedNames,
    *,
    corrects: str | None = None,
) -> ConceptSaved:
    warnings = content_warnings(version, latest, names, tx.policy.concepts)
    data = version_change_data(version, warnings, corrects=corrects)
    change = next_change(tx, CONCEPT, head, concept, "edit" if head else "create", data)
    tx.concept_heads.record(change, concept, version, warnings)
    return _saved(tx, change, concept, version, warnings)


def _save_step(
    tx: ConceptsWrite, head: Head[Concept], concept: Concept, version: ConceptVersion, action: str
) -> ConceptSaved:
    check_step(action, version, tx.actor, tx.policy.concepts)
    change = next_change(tx, CONCEPT, head, concept, action, {})
    tx.concept_heads.record(change, concept)
    warnings = tx.concept_search.warnings(concept.id, version.version_number)
    return _saved(tx, change, concept, version, warnings)


def _saved(
    tx: ConceptsWrite, change: Change, concept: Concept, version: ConceptVersion, warnings: Warnings
) -> ConceptSaved:
    now = current_warnings(concept, version, tx.concept_search, tx.policy.concepts)
    return ConceptSaved(
        concept=concept, version=version, warnings=warnings, current_warnings=now, seq=change.seq
    )


Waiting = dict[str, tuple[Head[Concept] | None, ConceptVersion | None, Concept]]


class ConceptRepositoryFacade:
    """The hand-off's six methods over the write that the handlers use; one for each transaction."""

    def __init__(self, tx: ConceptsWrite, reads: ConceptReads) -> None:
        self._tx, self._reads, self._waiting = tx, reads, Waiting()

    def get_concept(self, concept_id: str) -> Concept | None:
        return self._reads.get_concept(concept_id)

    def get_latest_version(self, concept_id: str) -> ConceptVersion | None:
        return self._reads.get_latest_version(concept_id)

    def get_version(self, concept_id: str, version_number: int) -> ConceptVersion | None:
        return self._reads.get_version(concept_id, version_number)

    def list_versions(self, concept_id: str) -> list[ConceptVersion]:
        return self._reads.list_versions(concept_id)

    def save_concept(self, concept: Concept) -> None:
        """Keep a concept's birth or next step; a new version waits for its `save_version`."""
        head, latest = self._find(concept.id)
        action = change_between(head.entity if head else None, concept)
        if action in ("create", "edit"):
            self._waiting[concept.id] = head, latest, concept
        elif action and head and latest:
            _save_step(self._tx, head, concept, latest, action)

    def save_version(self, version: ConceptVersion) -> None:
        """Keep the version that the concept, saved before it, points at."""
        waiting = self._waiting.get(version.concept_id)
        if waiting is None:
            stored, latest = self._tx.concept_search.find(version.concept_id)
            check_version(version, stored.entity, latest)
        else:
            head, kept, concept = waiting
            check_version(version, concept, kept)
            names = self._tx.concept_search.related_names(version)
            _save_version(self._tx, head, concept, version, kept, names)
            del self._waiting[version.concept_id]

    def ensure_complete(self) -> None:
        """Refuse to commit a concept whose version was not saved."""
        if self._waiting:
            raise PartialWrite(tuple(sorted(self._waiting)))

    def _find(self, concept_id: str) -> tuple[Head[Concept] | None, ConceptVersion | None]:
        try:
            return self._tx.concept_search.find(concept_id)
        except ConceptNotFound:
            return None, None
