"""What a change keeps of a concept, what a saved concept means, and how a concept comes out of its changes again."""

from collections.abc import Sequence

from indelible.concepts import errors
from indelible.concepts.entities import Concept, ConceptPolicy, ConceptVersion, Warnings
from indelible.concepts.lifecycle import CONCEPT, ConceptStatus
from indelible.concepts.rules.warnings import RULESET
from indelible.kernel import Actor, Change, Data, InvalidTransition, digest


def version_change_data(
    version: ConceptVersion, warnings: Warnings, *, corrects: str | None = None
) -> Data:
    """What the change that adds a version keeps: the rules of its warnings, and the digests of both rows."""
    warned = [version.concept_id, version.version_number, version.created_at, RULESET, warnings]
    data = {"version": digest(version), "ruleset": RULESET, "warnings": digest(warned)}
    return data if corrects is None else data | {"corrects": corrects}


def fold(changes: Sequence[Change]) -> Concept:
    """The concept as its changes, oldest first, leave it."""
    first, last = changes[0], changes[-1]
    return Concept(
        id=last.entity_id,
        current_version=last.version,
        status=ConceptStatus(last.to_state),
        created_at=first.at,
        updated_at=last.at,
    )


def change_between(stored: Concept | None, concept: Concept) -> str | None:
    """The action that saving the concept means, None where nothing changed, or the error that refuses it."""
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
    has_version = concept.current_version > stored.current_version
    has_status = concept.status is not stored.status
    if has_version and has_status:
        raise errors.CombinedChange(concept.id)
    if concept.updated_at <= stored.updated_at or not (has_version or has_status):
        raise errors.StaleConcept(concept.id)
    return "edit" if has_version else _action_to(stored.status, concept.status)


def _action_to(from_state: ConceptStatus, to_state: ConceptStatus) -> str:
    for edge in CONCEPT.edges:
        if (edge.from_state, edge.to_state) == (from_state, to_state):
            return edge.action
    raise InvalidTransition(CONCEPT.name, from_state, f"to {to_state}", CONCEPT.allowed(from_state))


def check_version(version: ConceptVersion, concept: Concept, latest: ConceptVersion | None) -> None:
    """Whether the version is the one that the concept, as saved before it, waits for; else why not.

    `latest` is the last version that is kept, None before the first.
    """
    kept = latest.version_number if latest else 0
    if version.version_number <= kept:
        raise errors.VersionAlreadyExists(version.concept_id, version.version_number)
    if version.version_number > kept + 1:
        raise errors.VersionOutOfSequence(version.concept_id, version.version_number)
    if (version.version_number, version.created_at) != (
        concept.current_version,
        concept.updated_at,
    ):
        raise errors.PointerMismatch(version.concept_id, version.version_number)


def check_step(action: str, version: ConceptVersion, actor: Actor, policy: ConceptPolicy) -> None:
    """Refuse, where the policy wants four eyes, an approval by the version's own author."""
    if policy.four_eyes and action == "approve" and version.created_by == actor:
        raise errors.SelfApproval(version.concept_id, version.version_number)


def check_corrected(concept: Concept) -> None:
    """Refuse a correction of what is still open to an edit."""
    if concept.status is not ConceptStatus.PUBLISHED:
        raise errors.CorrectionTargetNotPublished(concept.id, concept.status)
