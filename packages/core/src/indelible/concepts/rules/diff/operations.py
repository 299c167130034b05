"""The values that a difference consists of."""

from enum import StrEnum

from attrs import frozen

Value = str | tuple[str, ...] | None  # of a content field


class FieldKind(StrEnum):
    """The kind of a field's difference. Only an optional field is set or cleared."""

    TEXT = "TEXT"
    LIST = "LIST"
    SET = "SET"
    CLEARED = "CLEARED"


class OpKind(StrEnum):
    """The kind of an edit of a stretch of text or of a list item."""

    KEEP = "="
    DELETE = "-"
    INSERT = "+"
    REPLACE = "~"
    MOVE = "m"


@frozen(kw_only=True)
class WordOp:
    """An edit of a stretch of words: the old and the new text, None where there is none."""

    kind: OpKind
    old: str | None = None
    new: str | None = None


@frozen(kw_only=True)
class DiffOp(WordOp):
    """An edit of a stretch of text or of a list item.

    A list item has its indexes in the old and the new list; `words` are the edits inside a
    replaced item.
    """

    old_index: int | None = None
    new_index: int | None = None
    words: tuple[WordOp, ...] = ()
