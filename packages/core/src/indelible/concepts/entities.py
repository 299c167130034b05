"""A concept, its versions, and what is remarked about them: every change is a method that returns the next value."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Self

from attrs import evolve, field, fields, frozen
from attrs.validators import optional

from indelible.concepts.lifecycle import CONCEPT, ConceptStatus
from indelible.kernel import Actor, instant_after
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    TEXT,
    TEXTS,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
    is_text,
    non_blank_line,
    text_tuple,
)


def name_key(name: str) -> str:
    """What makes two names the same: compatibility forms, case and runs of space do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@frozen(kw_only=True)
class ConceptContent:
    """What a version says; only a name is demanded, and its absence elsewhere is a warning."""

    name: str = field(validator=is_text, metadata=LINE)
    definition: str = field(default="", validator=is_text, metadata=TEXT)
    explanation: str = field(default="", validator=is_text, metadata=TEXT)
    examples: tuple[str, ...] = field(default=(), validator=text_tuple, metadata=TEXTS)
    prerequisites: tuple[str, ...] = field(default=(), validator=text_tuple, metadata=TEXTS)
    learning_objective: str = field(default="", validator=is_text, metadata=TEXT)
    misconceptions: tuple[str, ...] = field(default=(), validator=text_tuple, metadata=TEXTS)
    scope_boundaries: str | None = field(default=None, validator=optional(is_text), metadata=TEXT)


CONTENT_FIELDS = tuple(attribute.name for attribute in fields(ConceptContent))


@frozen(kw_only=True)
class ConceptVersion:
    """One snapshot of a concept's content, kept for ever."""

    id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    concept_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    version_number: int = field(validator=bounded_int, metadata=COUNT)
    content: ConceptContent = field(validator=instance_of(ConceptContent))
    created_by: Actor = field(validator=instance_of(Actor))
    created_at: datetime = field(validator=is_instant)
    change_note: str | None = field(validator=optional(non_blank_line), metadata=LINE)


@frozen(kw_only=True)
class Concept:
    """A concept's identity and how far it has come; what it says is in its versions."""

    id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    current_version: int = field(validator=bounded_int, metadata=COUNT)
    status: ConceptStatus = field(validator=instance_of(ConceptStatus))
    created_at: datetime = field(validator=is_instant)
    updated_at: datetime = field(validator=is_instant)

    @classmethod
    def created(
        cls,
        content: ConceptContent,
        *,
        concept_id: str,
        version_id: str,
        by: Actor,
        note: str,
        now: datetime,
    ) -> tuple[Self, ConceptVersion]:
        """A new concept in DRAFT, and its version 1."""
        status = CONCEPT.next("", "create")
        concept = cls(
            id=concept_id, current_version=1, status=status, created_at=now, updated_at=now
        )
        return concept, concept.version(content, version_id=version_id, by=by, note=note)

    def edited(
        self, content: ConceptContent, *, version_id: str, by: Actor, note: str, now: datetime
    ) -> tuple[Self, ConceptVersion]:
        """The concept at its next version, and that version."""
        concept = self.transition("edit", now=now)
        return concept, concept.version(content, version_id=version_id, by=by, note=note)

    def transition(self, action: str, *, now: datetime) -> Self:
        """The concept after a step, at its next version where the step adds one; or InvalidTransition."""
        edge, updated_at = CONCEPT.edge(self.status, action), instant_after(self.updated_at, now)
        version = self.current_version + edge.adds_version
        return evolve(self, status=edge.to_state, updated_at=updated_at, current_version=version)

    def version(
        self, content: ConceptContent, *, version_id: str, by: Actor, note: str
    ) -> ConceptVersion:
        """The version that the concept points at."""
        return ConceptVersion(
            id=version_id,
            concept_id=self.id,
            version_number=self.current_version,
            content=content,
            created_by=by,
            created_at=self.updated_at,
            change_note=note,
        )


class Severity(StrEnum):
    """How much a warning should worry its reader."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"


@frozen(kw_only=True)
class ConceptWarning:
    """A remark that never blocks: what is odd, where, and by which values."""

    code: str
    field: str | None
    severity: Severity
    message: str
    params: tuple[str, ...] = ()


Warnings = tuple[ConceptWarning, ...]


@frozen(kw_only=True)
class ConceptNode:
    """A concept as the prerequisite graph sees it: by its current version."""

    id: str
    name: str
    status: ConceptStatus
    prerequisites: tuple[str, ...]


VERBS = (
    "add analyse analyze apply arrange calculate choose classify combine compare compose compute construct "
    "contrast convert count create decide define demonstrate derive describe determine differentiate discuss "
    "distinguish divide draw estimate evaluate explain express factor find generalise generalize identify "
    "illustrate interpret judge justify label list locate match measure model multiply name order outline "
    "place plot predict prove read recall recognise recognize relate represent round select share show "
    "simplify sketch solve sort state subtract summarise summarize test translate use verify write"
)
OBSERVABLE_VERBS = frozenset(VERBS.split())


@frozen(kw_only=True)
class ConceptPolicy:
    """The limits of warnings, and who may approve; frozen for the life of a store."""

    longest_name: int = 120
    longest_definition: int = 300
    shortest_definition_words: int = 3
    deepest_chain: int = 12
    large_edit_percent: int = 30
    observable_verbs: frozenset[str] = OBSERVABLE_VERBS
    most_graph_nodes: int = 10_000
    four_eyes: bool = False
