"""Differences of one field, and the texts on either side of their edits."""

from collections.abc import Iterable

from indelible.concepts.entities import ConceptContent
from indelible.concepts.rules.diff.content import FieldDiff, diff_content
from indelible.concepts.rules.diff.operations import DiffOp, WordOp

Edit = tuple[str, str | None, str | None]  # the kind, the old and the new side


def diff_definitions(old: str, new: str) -> FieldDiff:
    """Compare two contents that differ in their definition."""
    old_content = ConceptContent(name="n", definition=old)
    new_content = ConceptContent(name="n", definition=new)
    (field_diff,) = diff_content(old_content, new_content).fields

    return field_diff


def diff_examples(old: tuple[str, ...], new: tuple[str, ...]) -> FieldDiff:
    """Compare two contents that differ in their examples."""
    old_content = ConceptContent(name="n", examples=old)
    new_content = ConceptContent(name="n", examples=new)
    (field_diff,) = diff_content(old_content, new_content).fields

    return field_diff


def kinds(diff: FieldDiff) -> str:
    """Return the kinds of the edits, one character for each."""
    return "".join(op.kind for op in diff.ops)


def edits(diff: FieldDiff) -> list[Edit]:
    """Return the edits with both of their sides."""
    return [(op.kind.value, op.old, op.new) for op in diff.ops]


def old_text(ops: Iterable[DiffOp | WordOp]) -> str:
    """Join the old sides of the edits."""
    return "".join(op.old for op in ops if op.old is not None)


def new_text(ops: Iterable[DiffOp | WordOp]) -> str:
    """Join the new sides of the edits."""
    return "".join(op.new for op in ops if op.new is not None)
