"""What a caller can ask for, and what it gets."""

from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.concepts.entities import Concept, ConceptContent, ConceptVersion, Warnings
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    bounded_int,
    instance_of,
    is_identifier,
    non_blank_line,
)


@frozen(kw_only=True)
class CreateConcept:
    """Begin a concept in DRAFT; `corrects` names the published concept that it sets right."""

    command_name: ClassVar[str] = "create_concept"
    content: ConceptContent = field(validator=instance_of(ConceptContent))
    change_note: str = field(default="first version", validator=non_blank_line, metadata=LINE)
    corrects: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )


@frozen(kw_only=True)
class EditConcept:
    """Give a concept its next version: its whole content, and what changed."""

    command_name: ClassVar[str] = "edit_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)
    content: ConceptContent = field(validator=instance_of(ConceptContent))
    change_note: str = field(validator=non_blank_line, metadata=LINE)


@frozen(kw_only=True)
class SubmitConcept:
    """Hand a draft to its reviewers."""

    command_name: ClassVar[str] = "submit_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class ApproveConcept:
    """Say that the present version is right; again, after an edit of what was approved."""

    command_name: ClassVar[str] = "approve_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class PublishConcept:
    """Make the concept read-only, for good."""

    command_name: ClassVar[str] = "publish_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class ConceptSaved:
    """A concept after a command, and the seq that the next command on it must expect.

    `warnings` are kept with the version; `current_warnings` hold now, and may go as other concepts change.
    """

    concept: Concept
    version: ConceptVersion
    warnings: Warnings
    current_warnings: Warnings
    seq: int
