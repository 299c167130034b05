"""Compare two edits of one content with their common base; people resolve the conflicts."""

from enum import StrEnum

from attrs import frozen

from indelible.concepts.entities import CONTENT_FIELDS, ConceptContent
from indelible.concepts.rules.diff.operations import Value


class MergeKind(StrEnum):
    """The side that changed a field since the common base."""

    NEITHER = "neither"
    THEIRS = "theirs"
    YOURS = "yours"
    ALIKE = "alike"  # both sides, to the same value
    CONFLICT = "conflict"  # both sides, to different values


@frozen(kw_only=True)
class FieldMerge:
    """A field in the common base and in both edits."""

    field: str
    base: Value
    theirs: Value
    yours: Value

    @property
    def needs_choice(self) -> bool:
        """Return True where both edits differ, so that a person must choose."""
        return self.theirs != self.yours

    @property
    def kind(self) -> MergeKind:
        """Return the side that changed the field."""
        is_changed_by_them = self.theirs != self.base
        is_changed_by_you = self.yours != self.base

        if not self.needs_choice:
            return MergeKind.ALIKE if is_changed_by_them else MergeKind.NEITHER
        if not is_changed_by_them:
            return MergeKind.YOURS
        if not is_changed_by_you:
            return MergeKind.THEIRS
        return MergeKind.CONFLICT


def three_way(
    base: ConceptContent, theirs: ConceptContent, yours: ConceptContent
) -> tuple[FieldMerge, ...]:
    """Compare every field of the content; nothing is resolved."""
    return tuple(
        FieldMerge(
            field=name,
            base=getattr(base, name),
            theirs=getattr(theirs, name),
            yours=getattr(yours, name),
        )
        for name in CONTENT_FIELDS
    )
