"""Differences between two contents, field by field; apply one, or invert it."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, ClassVar, Self

from attrs import evolve, frozen

from indelible.concepts.entities import CONTENT_FIELDS, ConceptContent
from indelible.concepts.rules.diff.items import item_operations, item_similarity_percent
from indelible.concepts.rules.diff.operations import DiffOp, FieldKind, OpKind, Value
from indelible.concepts.rules.diff.shortest_edit import ComparisonBudget
from indelible.concepts.rules.diff.words import common_percent, word_operations
from indelible.kernel import Conflict


@frozen
class DiffDoesNotApply(Conflict):
    """The content is not the one that the difference starts from."""

    message: ClassVar[str] = (
        "The diff does not apply: field {field} differs from the content that the diff starts from."
    )
    field: str


@frozen(kw_only=True)
class FieldDiff:
    """The edits of one field, and how much both sides have in common."""

    field: str
    kind: FieldKind
    ops: tuple[DiffOp, ...]
    similarity_percent: int

    @property
    def before(self) -> Value:
        """Return the old value of the field."""
        if self.kind is FieldKind.SET:
            return None

        return _join(self.kind, ((op.old_index, op.old) for op in self.ops))

    @property
    def after(self) -> Value:
        """Return the new value of the field."""
        if self.kind is FieldKind.CLEARED:
            return None

        return _join(self.kind, ((op.new_index, op.new) for op in self.ops))


@frozen(kw_only=True)
class ContentDiff:
    """The fields that differ, in the order of the content's fields."""

    fields: tuple[FieldDiff, ...]

    @property
    def same(self) -> bool:
        """Return True where both contents are equal."""
        return not self.fields

    def apply(self, content: ConceptContent) -> ConceptContent:
        """Return the changed content.

        Raises:
            DiffDoesNotApply: a field of the content is not the old value of this difference.
        """
        changes: dict[str, Any] = {}
        for field_diff in self.fields:
            if getattr(content, field_diff.field) != field_diff.before:
                raise DiffDoesNotApply(field_diff.field)
            changes[field_diff.field] = field_diff.after

        return evolve(content, **changes)

    def invert(self) -> Self:
        """Return the difference that undoes this one."""
        inverted = [
            diff_field(field_diff.field, field_diff.after, field_diff.before, ComparisonBudget())
            for field_diff in self.fields
        ]
        return evolve(self, fields=tuple(inverted))


@frozen(kw_only=True)
class VersionDiff:
    """The difference between two versions of a concept."""

    concept_id: str
    from_version: int
    to_version: int
    diff: ContentDiff


def diff_content(old: ConceptContent, new: ConceptContent) -> ContentDiff:
    """Return the difference from the old content to the new one."""
    field_diffs: list[FieldDiff] = []
    for name in CONTENT_FIELDS:
        old_value = getattr(old, name)
        new_value = getattr(new, name)
        if old_value != new_value:
            budget = ComparisonBudget()
            field_diffs.append(diff_field(name, old_value, new_value, budget))

    return ContentDiff(fields=tuple(field_diffs))


def diff_field(name: str, old: Value, new: Value, budget: ComparisonBudget) -> FieldDiff:
    """Return the difference between two values of a field, within the steps of a budget."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return _diff_list(name, old, new, budget)
    if isinstance(old, str) and isinstance(new, str):
        return _diff_text(name, old, new, budget)
    if isinstance(new, str):
        inserted = (DiffOp(kind=OpKind.INSERT, new=new),)
        return FieldDiff(field=name, kind=FieldKind.SET, ops=inserted, similarity_percent=0)
    if isinstance(old, str):
        deleted = (DiffOp(kind=OpKind.DELETE, old=old),)
        return FieldDiff(field=name, kind=FieldKind.CLEARED, ops=deleted, similarity_percent=0)

    return FieldDiff(field=name, kind=FieldKind.TEXT, ops=(), similarity_percent=0)


def _diff_list(
    name: str, old: tuple[str, ...], new: tuple[str, ...], budget: ComparisonBudget
) -> FieldDiff:
    operations = item_operations(old, new, budget)
    return FieldDiff(
        field=name,
        kind=FieldKind.LIST,
        ops=operations,
        similarity_percent=item_similarity_percent(operations),
    )


def _diff_text(name: str, old: str, new: str, budget: ComparisonBudget) -> FieldDiff:
    words = word_operations(old, new, budget)
    operations = tuple(DiffOp(kind=op.kind, old=op.old, new=op.new) for op in words)
    return FieldDiff(
        field=name,
        kind=FieldKind.TEXT,
        ops=operations,
        similarity_percent=common_percent(words),
    )


def _join(kind: FieldKind, sides: Iterable[tuple[int | None, str | None]]) -> Value:
    """Put the texts of one side together again, in the order of their indexes."""
    indexed = [(index or 0, text) for index, text in sides if text is not None]
    indexed.sort(key=itemgetter(0))
    texts = tuple(text for _, text in indexed)
    if kind is FieldKind.LIST:
        return texts

    return "".join(texts)
