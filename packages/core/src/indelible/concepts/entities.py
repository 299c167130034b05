"""Concepts, their versions and warnings."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar

from attrs import field, fields, frozen

from indelible.concepts.errors import ConceptNotFound
from indelible.concepts.lifecycle import CONCEPT, ConceptStatus
from indelible.kernel import Actor, Lifecycle, digest, instant_text
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.digest_schemes import covered_values
from indelible.kernel.history import Record
from indelible.kernel.json import encode_canonical, sha256_hex
from indelible.kernel.kinds import (
    Count,
    Identifier,
    Instant,
    Kind,
    Label,
    Text,
    Texts,
    kinds,
    unvalidated_kinds,
)
from indelible.kernel.values import LINE, instance_of, is_text


def name_key(name: str) -> str:
    """Return the form in which names are compared: compatibility forms, case and spaces removed."""
    normalized = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(normalized.split())


# Both databases sort names by code point.
ConceptName = Annotated[str, Kind(is_text, LINE, column="collated_text")]


@frozen(kw_only=True, field_transformer=kinds)
class ConceptContent:
    """The content of a version; only the name is required."""

    name: ConceptName
    definition: Text = ""
    explanation: Text = ""
    examples: Texts = ()
    prerequisites: Texts = ()
    learning_objective: Text = ""
    misconceptions: Texts = ()
    scope_boundaries: Text | None = None


CONTENT_FIELDS = tuple(attribute.name for attribute in fields(ConceptContent))


class Severity(StrEnum):
    """The severity of a warning."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"


@frozen(kw_only=True)
class ConceptWarning:
    """A remark about a concept that never blocks a command.

    `field` is None for a warning about the whole concept; `params` are the values that caused it.
    """

    code: str
    field: str | None
    severity: Severity
    message: str
    params: tuple[str, ...] = ()


Warnings = tuple[ConceptWarning, ...]
StoredWarnings = Annotated[Warnings, Kind(instance_of(tuple), is_bounded=True, column="json_array")]
WarningLevels = Mapping[str, Severity | None]  # by code; None turns a code off


@frozen(kw_only=True, field_transformer=kinds)
class ConceptVersion(Record):
    """An immutable snapshot of a concept's content."""

    record_name: ClassVar[str] = "version"
    head_fields: ClassVar[Mapping[str, str]] = {
        "concept_id": "id",
        "version_number": "current_version",
        "created_at": "updated_at",
    }
    unique_field: ClassVar[str] = "id"

    id: Identifier
    concept_id: Identifier
    version_number: Count
    content: ConceptContent
    created_by: Actor
    created_at: Instant
    change_note: Label | None

    def digest(self, scheme: int) -> str:
        """Return the digest of all fields of a scheme, whose values are converted here."""
        values = covered_values(self, scheme)
        values["content"] = covered_values(self.content, scheme)
        values["created_by"] = str(self.created_by)
        values["created_at"] = instant_text(self.created_at)
        return sha256_hex(encode_canonical(values))


@frozen(kw_only=True, field_transformer=unvalidated_kinds)
class VersionWarnings(Record):
    """The warnings that were computed when a version was added."""

    record_name: ClassVar[str] = "warnings"
    head_fields: ClassVar[Mapping[str, str]] = {
        "concept_id": "id",
        "version_number": "current_version",
        "computed_at": "updated_at",
    }

    concept_id: Identifier
    version_number: Count
    computed_at: Instant
    ruleset: Count
    warnings: StoredWarnings

    def digest(self, scheme: int) -> str:  # noqa: ARG002 - these values are in every scheme
        """Return the digest of the row's values in the order of its columns."""
        key = [self.concept_id, self.version_number, self.computed_at, self.ruleset]
        return digest([*key, self.warnings])


@frozen(kw_only=True, field_transformer=kinds)
class Concept(Aggregate):
    """A concept's identity and status; its content is in its versions."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = CONCEPT
    missing_error = ConceptNotFound
    version_field: ClassVar[str] = "current_version"
    version_records: ClassVar[tuple[type[Record], ...]] = (ConceptVersion, VersionWarnings)

    current_version: Count
    status: ConceptStatus

    def new_version(
        self, content: ConceptContent, *, version_id: str, by: Actor, note: str
    ) -> ConceptVersion:
        """Return the version that the concept's current number and time point to."""
        return ConceptVersion(
            id=version_id,
            concept_id=self.id,
            version_number=self.current_version,
            content=content,
            created_by=by,
            created_at=self.updated_at,
            change_note=note,
        )


@frozen(kw_only=True)
class ConceptNode:
    """A node of the prerequisite graph: a concept by its current version."""

    id: str
    name: str
    status: ConceptStatus
    prerequisites: tuple[str, ...]


VERBS = (
    "add analyse analyze apply arrange calculate choose classify combine compare compose compute "
    "construct contrast convert count create decide define demonstrate derive describe determine "
    "differentiate discuss distinguish divide draw estimate evaluate explain express factor find "
    "generalise generalize identify illustrate interpret judge justify label list locate match "
    "measure model multiply name order outline place plot predict prove read recall recognise "
    "recognize relate represent round select share show simplify sketch solve sort state subtract "
    "summarise summarize test translate use verify write"
)
OBSERVABLE_VERBS = frozenset(VERBS.split())


@frozen(kw_only=True)
class ConceptPolicy:
    """The limits and levels of warnings and the rule of approval; frozen for a store's life.

    `warning_levels` decide how warnings are shown, never what is stored.
    """

    max_name_characters: int = 120
    max_definition_characters: int = 300
    min_definition_words: int = 3
    max_prerequisite_depth: int = 12
    large_edit_percent: int = 30
    observable_verbs: frozenset[str] = OBSERVABLE_VERBS
    max_graph_nodes: int = 10_000
    four_eyes: bool = False
    warning_levels: WarningLevels = field(factory=dict[str, Severity | None], hash=False)
