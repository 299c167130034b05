"""Differences between two contents: by field, by list item and by word."""

from indelible.concepts.rules.diff.content import (
    ContentDiff,
    DiffDoesNotApply,
    FieldDiff,
    VersionDiff,
    diff_content,
)
from indelible.concepts.rules.diff.operations import DiffOp, FieldKind, OpKind, Value, WordOp
from indelible.concepts.rules.diff.unified import to_unified
from indelible.concepts.rules.diff.words import SENTENCE, WORD, similarity_percent

__all__ = [
    "SENTENCE",
    "WORD",
    "ContentDiff",
    "DiffDoesNotApply",
    "DiffOp",
    "FieldDiff",
    "FieldKind",
    "OpKind",
    "Value",
    "VersionDiff",
    "WordOp",
    "diff_content",
    "similarity_percent",
    "to_unified",
]
