"""The errors of concepts."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Forbidden, Invalid, NotFound


@frozen
class ConceptNotFound(NotFound):
    """No concept has this id."""

    message: ClassVar[str] = "Concept {concept_id} not found."
    concept_id: str


@frozen
class VersionNotFound(NotFound):
    """A concept has no version of this number."""

    message: ClassVar[str] = "Concept {concept_id} has no version {version_number}."
    concept_id: str
    version_number: int


@frozen
class NotYetCreated(NotFound):
    """A concept did not exist at a time or a seq."""

    code: ClassVar[str] = "NOTHING_THEN"
    message: ClassVar[str] = "Concept {concept_id} did not exist at the requested time or seq."
    concept_id: str


@frozen
class WarningLevelsInvalid(Invalid):
    """A text of warning levels cannot be read."""

    message: ClassVar[str] = (
        "Warning level {item} is invalid: expected a warning code or EMPTY_FIELDS once, a colon "
        "and one of {levels}, with commas between several."
    )
    item: str
    levels: tuple[str, ...]


@frozen
class SelfApproval(Forbidden):
    """An author approves their own version where the policy requires four eyes."""

    code: ClassVar[str] = "OWN_WORK"
    message: ClassVar[str] = (
        "Version {version_number} of concept {concept_id} cannot be approved by its own author."
    )
    concept_id: str
    version_number: int


@frozen
class CorrectionTargetNotPublished(Conflict):
    """Only a published concept can be corrected by a new one."""

    code: ClassVar[str] = "CORRECTS_UNPUBLISHED"
    message: ClassVar[str] = (
        "Concept {concept_id} cannot be corrected by a new concept: expected status "
        "PUBLISHED, got {status}."
    )
    concept_id: str
    status: str


@frozen
class InvalidInitialState(Invalid):
    """A new concept is not in DRAFT, not at version 1, or has two times."""

    message: ClassVar[str] = (
        "Concept {concept_id} must start in DRAFT, at version 1, with equal created_at and "
        "updated_at."
    )
    concept_id: str


@frozen
class StaleConcept(Conflict):
    """A saved concept is older than the stored one."""

    message: ClassVar[str] = "Concept {concept_id} is older than the stored one."
    concept_id: str


@frozen
class VersionGap(Conflict):
    """A version number was skipped."""

    message: ClassVar[str] = (
        "The next version of concept {concept_id} must follow version {current_version}."
    )
    concept_id: str
    current_version: int


@frozen
class CombinedChange(Invalid):
    """A saved concept changes status and version at once."""

    message: ClassVar[str] = (
        "Concept {concept_id} changes status and version at once: use two commands."
    )
    concept_id: str


@frozen
class ImmutableFieldChanged(Conflict):
    """A saved concept has another creation time."""

    message: ClassVar[str] = "Concept {concept_id} must keep its created_at."
    concept_id: str


@frozen
class VersionAlreadyExists(Conflict):
    """A stored version would be replaced."""

    message: ClassVar[str] = (
        "Version {version_number} of concept {concept_id} exists already and cannot be replaced."
    )
    concept_id: str
    version_number: int


@frozen
class VersionOutOfSequence(Conflict):
    """A version is saved before the one with the previous number."""

    message: ClassVar[str] = "Version {version_number} of concept {concept_id} is out of sequence."
    concept_id: str
    version_number: int


@frozen
class PointerMismatch(Conflict):
    """A version is saved that its concept does not point to."""

    message: ClassVar[str] = (
        "Concept {concept_id} does not point to version {version_number}: save the concept "
        "with the version's number and time first."
    )
    concept_id: str
    version_number: int


@frozen
class PartialWrite(Invalid):
    """A transaction ends before the version of a saved concept is saved."""

    message: ClassVar[str] = (
        "Concepts {concept_ids} were saved without the versions they point to; nothing was stored."
    )
    concept_ids: tuple[str, ...]
