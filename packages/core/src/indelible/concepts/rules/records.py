"""Rules of a concept's changes: their records and data, and the meaning of a saved concept."""

from collections.abc import Sequence

from indelible.concepts import errors
from indelible.concepts.entities import (
    Concept,
    ConceptPolicy,
    ConceptVersion,
    VersionWarnings,
    Warnings,
)
from indelible.concepts.lifecycle import CONCEPT, ConceptStatus
from indelible.concepts.rules.warnings.content import RULESET
from indelible.kernel import Actor, Change, Data, InvalidTransition
from indelible.kernel.history import Record


def version_records(version: ConceptVersion, warnings: Warnings) -> tuple[Record, ...]:
    """Return the records of a change that adds a version."""
    version_warnings = VersionWarnings(
        concept_id=version.concept_id,
        version_number=version.version_number,
        computed_at=version.created_at,
        ruleset=RULESET,
        warnings=warnings,
    )
    return version, version_warnings


def version_data(corrects: str | None = None) -> Data:
    """Return the data that a change that adds a version stores beside its records' digests."""
    if corrects is None:
        return {"ruleset": RULESET}

    return {"ruleset": RULESET, "corrects": corrects}


def fold(changes: Sequence[Change]) -> Concept:
    """Return the concept as its changes, oldest first, leave it."""
    first, last = changes[0], changes[-1]
    return Concept(
        id=last.entity_id,
        current_version=last.version,
        status=ConceptStatus(last.to_state),
        created_at=first.at,
        updated_at=last.at,
    )


def change_between(stored: Concept | None, concept: Concept) -> str | None:
    """Return the action that saving the concept means, None where nothing changed.

    Raises:
        IndelibleError: The concept does not follow from the stored one.
    """
    if stored is None:
        return _birth(concept)

    if concept == stored:
        return None

    if concept.created_at != stored.created_at:
        raise errors.ImmutableFieldChanged(concept.id)

    if concept.current_version < stored.current_version:
        raise errors.StaleConcept(concept.id)

    if concept.current_version > stored.current_version + 1:
        raise errors.VersionGap(concept.id, stored.current_version)

    return _step(stored, concept)


def _birth(concept: Concept) -> str:
    is_new = concept.status is ConceptStatus.DRAFT and concept.current_version == 1
    if not is_new or concept.created_at != concept.updated_at:
        raise errors.InvalidInitialState(concept.id)

    return "create"


def _step(stored: Concept, concept: Concept) -> str:
    has_new_version = concept.current_version > stored.current_version
    has_new_status = concept.status is not stored.status
    if has_new_version and has_new_status:
        raise errors.CombinedChange(concept.id)

    has_changed = has_new_version or has_new_status
    if concept.updated_at <= stored.updated_at or not has_changed:
        raise errors.StaleConcept(concept.id)

    if has_new_version:
        return "edit"

    return _action_between(stored.status, concept.status)


def _action_between(from_state: ConceptStatus, to_state: ConceptStatus) -> str:
    for edge in CONCEPT.edges:
        if (edge.from_state, edge.to_state) == (from_state, to_state):
            return edge.action

    raise InvalidTransition(CONCEPT.name, from_state, f"to {to_state}", CONCEPT.allowed(from_state))


def check_version(version: ConceptVersion, concept: Concept, latest: ConceptVersion | None) -> None:
    """Check that the version is the one that the concept, saved before it, points to.

    `latest` is the last stored version, None before the first.

    Raises:
        VersionAlreadyExists, VersionOutOfSequence, PointerMismatch: It is another version.
    """
    latest_number = 0 if latest is None else latest.version_number
    if version.version_number <= latest_number:
        raise errors.VersionAlreadyExists(version.concept_id, version.version_number)

    if version.version_number > latest_number + 1:
        raise errors.VersionOutOfSequence(version.concept_id, version.version_number)

    pointer = concept.current_version, concept.updated_at
    if (version.version_number, version.created_at) != pointer:
        raise errors.PointerMismatch(version.concept_id, version.version_number)


def check_step(action: str, version: ConceptVersion, actor: Actor, policy: ConceptPolicy) -> None:
    """Check that no author approves their own version where the policy requires four eyes.

    Raises:
        SelfApproval: The actor is the version's author.
    """
    if policy.four_eyes and action == "approve" and version.created_by == actor:
        raise errors.SelfApproval(version.concept_id, version.version_number)


def check_corrected(concept: Concept) -> None:
    """Check that a concept may be corrected by a new one.

    Raises:
        CorrectionTargetNotPublished: The concept can still be edited.
    """
    if concept.status is not ConceptStatus.PUBLISHED:
        raise errors.CorrectionTargetNotPublished(concept.id, concept.status)
