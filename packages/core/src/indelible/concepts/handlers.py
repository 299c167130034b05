"""The handlers of concepts: load, decide, save."""

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
from indelible.concepts.repositories import ConceptReadsFacade, Concepts, ConceptsWrite
from indelible.concepts.rules.current import current_warnings
from indelible.concepts.rules.records import (
    change_between,
    check_corrected,
    check_step,
    check_version,
    version_data,
    version_records,
)
from indelible.concepts.rules.warnings.content import content_warnings
from indelible.concepts.rules.warnings.levels import shown_warnings
from indelible.concepts.rules.warnings.names import RelatedNames
from indelible.kernel import Head
from indelible.kernel.aggregates import save_change

LoadedConcept = tuple[Head[Concept], ConceptVersion, Warnings]


def create_concept(tx: ConceptsWrite, command: CreateConcept) -> ConceptSaved:
    """Create a concept in DRAFT with version 1."""
    concept = Concept.create("create", now=tx.clock.now(), id=tx.ids.new())
    version = concept.new_version(
        command.content, version_id=tx.ids.new(), by=tx.actor, note=command.change_note
    )
    corrects = command.corrects
    if corrects is None:
        names = tx.concepts.search.related_names(version)
    else:
        (corrected, _), names = tx.read_together(
            lambda: tx.concepts.search.get_current(corrects),
            lambda: tx.concepts.search.related_names(version),
        )
        check_corrected(corrected.entity)
    return _save_version(tx, None, concept, version, None, names, corrects=corrects)


def edit_concept(tx: ConceptsWrite, command: EditConcept) -> ConceptSaved:
    """Add the concept's next version; the status stays."""
    head, latest, names = tx.concepts.concepts.joins.load_to_edit(
        command.concept_id, command.content, expected_seq=command.expected_seq
    )
    concept = head.entity.transition("edit", now=tx.clock.now())
    version = concept.new_version(
        command.content, version_id=tx.ids.new(), by=tx.actor, note=command.change_note
    )
    return _save_version(tx, head, concept, version, latest, names)


def submit_concept(tx: ConceptsWrite, command: SubmitConcept) -> ConceptSaved:
    """Submit a draft for review."""
    return _run_step(tx, _load(tx, command), "submit")


def approve_concept(tx: ConceptsWrite, command: ApproveConcept) -> ConceptSaved:
    """Approve the current version.

    Raises:
        SelfApproval: The policy requires four eyes, and the actor wrote the version.
    """
    loaded = _load(tx, command)
    _, version, _ = loaded
    return _run_step(tx, loaded, "approve", approved=version.version_number)


def publish_concept(tx: ConceptsWrite, command: PublishConcept) -> ConceptSaved:
    """Make the concept read-only for good."""
    loaded, approved = tx.read_together(
        lambda: _load(tx, command),
        lambda: tx.concepts.search.approved_version(command.concept_id),
    )
    return _run_step(tx, loaded, "publish", approved=approved)


def _load(
    tx: ConceptsWrite, command: SubmitConcept | ApproveConcept | PublishConcept
) -> LoadedConcept:
    return tx.concepts.concepts.joins.load_current(
        command.concept_id, expected_seq=command.expected_seq
    )


def _run_step(
    tx: ConceptsWrite, loaded: LoadedConcept, action: str, *, approved: int | None = None
) -> ConceptSaved:
    """Save the step of a concept; `approved` is the version that was approved last, if known."""
    head, version, warnings = loaded
    concept = head.entity.transition(action, now=tx.clock.now())
    seq = _save_step(tx, head, concept, version, action)
    return _saved(tx, concept, version, warnings, seq, approved=approved)


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
    """Save a concept with its next version; `latest` is the previous one."""
    warnings = content_warnings(version, latest, names, tx.policy.concepts)
    action = "create" if head is None else "edit"
    seq = save_change(
        tx,
        tx.concepts.concepts,
        head,
        concept,
        action,
        data=version_data(corrects),
        records=version_records(version, warnings),
    )
    return _saved(tx, concept, version, warnings, seq)


def _save_step(
    tx: ConceptsWrite, head: Head[Concept], concept: Concept, version: ConceptVersion, action: str
) -> int:
    """Save a concept after a step that adds no version, and return its seq."""
    check_step(action, version, tx.actor, tx.policy.concepts)
    return save_change(tx, tx.concepts.concepts, head, concept, action)


def _saved(
    tx: ConceptsWrite,
    concept: Concept,
    version: ConceptVersion,
    warnings: Warnings,
    seq: int,
    *,
    approved: int | None = None,
) -> ConceptSaved:
    policy = tx.policy.concepts
    current = current_warnings(concept, version, tx.concepts.search, policy, approved=approved)
    return ConceptSaved(
        concept=concept,
        version=version,
        warnings=shown_warnings(warnings, policy.warning_levels),
        current_warnings=shown_warnings(current, policy.warning_levels),
        seq=seq,
    )


PendingVersion = tuple[Head[Concept] | None, ConceptVersion | None, Concept]


class ConceptRepositoryFacade(ConceptReadsFacade):
    """The six methods of seed 000. They save through the functions of the handlers.

    Each transaction has one facade.
    """

    def __init__(self, tx: ConceptsWrite, concepts: Concepts) -> None:
        super().__init__(concepts)
        self._tx = tx
        self._pending: dict[str, PendingVersion] = {}

    def save_concept(self, concept: Concept) -> None:
        """Save a new concept or its next step; a new version waits for `save_version`."""
        head, latest = self._current(concept.id)
        action = change_between(head.entity if head else None, concept)
        if action in ("create", "edit"):
            self._pending[concept.id] = head, latest, concept
        elif action and head and latest:
            _save_step(self._tx, head, concept, latest, action)

    def save_version(self, version: ConceptVersion) -> None:
        """Save the version that the concept, saved before it, points to."""
        search = self._tx.concepts.search
        pending = self._pending.get(version.concept_id)
        if pending is None:
            head, latest = search.get_current(version.concept_id)
            check_version(version, head.entity, latest)
            return

        head_before, previous, concept = pending
        check_version(version, concept, previous)
        names = search.related_names(version)
        _save_version(self._tx, head_before, concept, version, previous, names)
        del self._pending[version.concept_id]

    def ensure_complete(self) -> None:
        """Check that every saved concept has its version.

        Raises:
            PartialWrite: A concept was saved without the version it points to.
        """
        if self._pending:
            raise PartialWrite(tuple(sorted(self._pending)))

    def _current(self, concept_id: str) -> tuple[Head[Concept] | None, ConceptVersion | None]:
        try:
            return self._tx.concepts.search.get_current(concept_id)
        except ConceptNotFound:
            return None, None
