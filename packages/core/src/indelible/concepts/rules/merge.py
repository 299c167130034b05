"""Two edits of one content beside each other; what becomes of them, people decide."""

from enum import StrEnum

from attrs import frozen

from indelible.concepts.entities import CONTENT_FIELDS, ConceptContent
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
    base: Value
    theirs: Value
    yours: Value

    @property
    def needs_choice(self) -> bool:
        """Whether somebody must say which of the two it is to be."""
        return self.theirs != self.yours

    @property
    def kind(self) -> MergeKind:
        """Who changed the field."""
        if not self.needs_choice:
            return MergeKind.NEITHER if self.theirs == self.base else MergeKind.ALIKE
        if self.theirs == self.base:
            return MergeKind.YOURS
        return MergeKind.THEIRS if self.yours == self.base else MergeKind.CONFLICT


def three_way(
    base: ConceptContent, theirs: ConceptContent, yours: ConceptContent
) -> tuple[FieldMerge, ...]:
    """Every field of the content, and who changed it; nothing is resolved."""
    return tuple(
        FieldMerge(
            field=name,
            base=getattr(base, name),
            theirs=getattr(theirs, name),
            yours=getattr(yours, name),
        )
        for name in CONTENT_FIELDS
    )
