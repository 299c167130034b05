"""The commands of concepts and their result."""

from typing import ClassVar

from attrs import frozen

from indelible.concepts.entities import Concept, ConceptContent, ConceptVersion, Warnings
from indelible.kernel.kinds import Count, Identifier, Label, kinds


@frozen(kw_only=True, field_transformer=kinds)
class CreateConcept:
    """Create a concept in DRAFT; `corrects` is the id of the published concept that it corrects."""

    command_name: ClassVar[str] = "create_concept"
    content: ConceptContent
    change_note: Label = "first version"
    corrects: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class EditConcept:
    """Add a concept's next version: its whole content, and a note on the change."""

    command_name: ClassVar[str] = "edit_concept"
    concept_id: Identifier
    expected_seq: Count
    content: ConceptContent
    change_note: Label


@frozen(kw_only=True, field_transformer=kinds)
class SubmitConcept:
    """Submit a draft for review."""

    command_name: ClassVar[str] = "submit_concept"
    concept_id: Identifier
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class ApproveConcept:
    """Approve the current version; an edited one can be approved again."""

    command_name: ClassVar[str] = "approve_concept"
    concept_id: Identifier
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class PublishConcept:
    """Make the concept read-only for good."""

    command_name: ClassVar[str] = "publish_concept"
    concept_id: Identifier
    expected_seq: Count


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
