"""A difference as text for a terminal."""

import re
from collections.abc import Iterator

from indelible.concepts.rules.diff.content import ContentDiff, FieldDiff
from indelible.concepts.rules.diff.operations import DiffOp, FieldKind, OpKind, WordOp
from indelible.kernel.values import CONTROL


def to_unified(diff: ContentDiff) -> str:
    """Return the difference as text: [-removed-] and {+added+} words, items by number from 1."""
    lines: list[str] = []
    for field_diff in diff.fields:
        lines.append(field_diff.field)
        lines.extend(_field_lines(field_diff))

    return "\n".join(lines)


def _field_lines(field_diff: FieldDiff) -> Iterator[str]:
    if field_diff.kind is not FieldKind.LIST:
        yield "  " + "".join(_marked_up(op) for op in field_diff.ops)
        return

    for op in field_diff.ops:
        if op.kind is OpKind.KEEP:
            continue
        marked_up = "".join(_marked_up(word_op) for word_op in op.words or (op,))
        yield f"  {_item_numbers(op)}: {marked_up}"


def _item_numbers(op: DiffOp) -> str:
    """Return the item's old and new number, counted from 1."""
    indexes = [index for index in (op.old_index, op.new_index) if index is not None]
    return " -> ".join(str(index + 1) for index in indexes)


def _marked_up(op: WordOp) -> str:
    """Return the edit with its marks; continued lines are indented."""
    if op.old == op.new:
        text = _printable(op.new)
    else:
        text = ""
        if op.old is not None:
            text += f"[-{_printable(op.old)}-]"
        if op.new is not None:
            text += f"{{+{_printable(op.new)}+}}"

    return text.replace("\n", "\n  ")


def _printable(text: str | None) -> str:
    """Escape control characters: a terminal would obey them."""
    return CONTROL.sub(_escaped, text or "")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
