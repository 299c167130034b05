"""The commands of concepts and their result."""

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
    """Create a concept in DRAFT; `corrects` is the id of the published concept that it corrects."""

    command_name: ClassVar[str] = "create_concept"
    content: ConceptContent = field(validator=instance_of(ConceptContent))
    change_note: str = field(default="first version", validator=non_blank_line, metadata=LINE)
    corrects: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )


@frozen(kw_only=True)
class EditConcept:
    """Add a concept's next version: its whole content, and a note on the change."""

    command_name: ClassVar[str] = "edit_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)
    content: ConceptContent = field(validator=instance_of(ConceptContent))
    change_note: str = field(validator=non_blank_line, metadata=LINE)


@frozen(kw_only=True)
class SubmitConcept:
    """Submit a draft for review."""

    command_name: ClassVar[str] = "submit_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class ApproveConcept:
    """Approve the current version; an edited one can be approved again."""

    command_name: ClassVar[str] = "approve_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class PublishConcept:
    """Make the concept read-only for good."""

    command_name: ClassVar[str] = "publish_concept"
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class ConceptSaved:
    """A concept after a command, and the seq that the next command on it must expect.

    `warnings` are stored with the version. `current_warnings` depend on other concepts and can
    disappear as those change.
    """

    concept: Concept
    version: ConceptVersion
    warnings: Warnings
    current_warnings: Warnings
    seq: int
