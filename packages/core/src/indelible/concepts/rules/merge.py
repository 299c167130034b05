"""Two edits of one content beside each other; what becomes of them, people decide."""

from enum import StrEnum

from attrs import fields, frozen

from indelible.concepts.entities import ConceptContent
from indelible.concepts.rules.diff import Value


class MergeKind(StrEnum):
    """Who changed a field since the content that both began with."""

    NEITHER = "neither"
    THEIRS = "theirs"
    YOURS = "yours"
    ALIKE = "alike"  # both, to the same
    CONFLICT = "conflict"  # both, and not to the same


@frozen(kw_only=True)
class FieldMerge:
    """A field as it was, as they have it, and as you have it."""

    field: str
    kind: MergeKind
    base: Value
    theirs: Value
    yours: Value

    @property
    def needs_choice(self) -> bool:
        """Whether somebody must say which of the two it is to be."""
        return self.theirs != self.yours


def three_way(base: ConceptContent, theirs: ConceptContent, yours: ConceptContent) -> tuple[FieldMerge, ...]:
    """Every field of the content, and who changed it; nothing is resolved."""
    names = [attribute.name for attribute in fields(ConceptContent)]
    sides = ((name, getattr(base, name), getattr(theirs, name), getattr(yours, name)) for name in names)
    return tuple(
        FieldMerge(field=name, kind=_kind(was, one, other), base=was, theirs=one, yours=other)
        for name, was, one, other in sides
    )


def _kind(base: Value, theirs: Value, yours: Value) -> MergeKind:
    if theirs == yours:
        return MergeKind.NEITHER if theirs == base else MergeKind.ALIKE
    if theirs == base:
        return MergeKind.YOURS
    return MergeKind.THEIRS if yours == base else MergeKind.CONFLICT
