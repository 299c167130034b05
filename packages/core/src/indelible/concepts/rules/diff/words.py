"""Differences between two texts, by sentence and by word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from indelible.concepts.rules.diff.operations import OpKind, WordOp
from indelible.concepts.rules.diff.shortest_edit import (
    ComparisonBudget,
    Stretch,
    common_stretches,
)

# The matches of a pattern, joined, are the text. A word includes the space behind it, which
# halves the number of tokens to compare.
WORD: Final = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?\n]*\s*|[.!?\n]+\s*")
PIECE: Final = re.compile(r"\w+|[^\w\s]|\s+")

STEPS_PER_CHARACTER: Final = 4  # the cost of cutting a text into tokens


def similarity_percent(old: str, new: str) -> int:
    """Return how much two texts have in common, counted in words, marks and spaces."""
    if old and old == new:
        return 100

    # Whether adjacent edits are merged makes no difference to the words that both texts share.
    return common_percent(_unmerged_operations(old, new, ComparisonBudget()))


def word_operations(old: str, new: str, budget: ComparisonBudget) -> tuple[WordOp, ...]:
    """Return the edits that turn the old text into the new one, adjacent ones of a kind merged."""
    runs = groupby(_unmerged_operations(old, new, budget), key=attrgetter("kind"))
    return tuple(_merged(tuple(run)) for _, run in runs)


def _unmerged_operations(old: str, new: str, budget: ComparisonBudget) -> Iterator[WordOp]:
    """Yield the edits that turn the old text into the new one.

    Sentences are compared first, and words only inside changed sentences: this is faster and
    keeps words in their sentence.
    """
    if not budget.spend(STEPS_PER_CHARACTER * (len(old) + len(new))):
        yield _word_op([old], [new])
        return

    for sentence_op in _token_operations(SENTENCE, old, new, budget):
        if sentence_op.kind is OpKind.REPLACE:
            old_text = sentence_op.old or ""
            new_text = sentence_op.new or ""
            yield from _token_operations(WORD, old_text, new_text, budget)
        else:
            yield sentence_op


def common_percent(operations: Iterable[WordOp]) -> int:
    """Return the share of both texts that the edits keep."""
    common = total = 0
    for op in operations:
        old_pieces = _count_pieces(op.old)
        total += old_pieces + _count_pieces(op.new)
        if op.kind is OpKind.KEEP:
            common += old_pieces

    if not common:
        return 0

    return round(200 * common / total)


def _token_operations(
    token: re.Pattern[str], old: str, new: str, budget: ComparisonBudget
) -> Iterator[WordOp]:
    """Compare two texts token by token and yield the edits in order."""
    old_tokens = token.findall(old)
    new_tokens = token.findall(new)
    stretches = common_stretches(old_tokens, new_tokens, budget)
    end_of_both = Stretch(len(old_tokens), len(new_tokens), 0)

    old_index = new_index = 0
    for stretch in [*stretches, end_of_both]:
        if (old_index, new_index) != (stretch.old_start, stretch.new_start):
            removed = old_tokens[old_index : stretch.old_start]
            added = new_tokens[new_index : stretch.new_start]
            yield _word_op(removed, added)

        old_index = stretch.old_start + stretch.length
        new_index = stretch.new_start + stretch.length
        if stretch.length:
            kept_old = old_tokens[stretch.old_start : old_index]
            kept_new = new_tokens[stretch.new_start : new_index]
            yield _word_op(kept_old, kept_new)


def _word_op(old_tokens: Iterable[str], new_tokens: Iterable[str]) -> WordOp:
    old = "".join(old_tokens)
    new = "".join(new_tokens)

    if old == new:
        kind = OpKind.KEEP
    elif old and new:
        kind = OpKind.REPLACE
    elif old:
        kind = OpKind.DELETE
    else:
        kind = OpKind.INSERT

    return WordOp(kind=kind, old=old or None, new=new or None)


def _merged(operations: Sequence[WordOp]) -> WordOp:
    """Join adjacent edits of one kind into one."""
    old_texts: list[str] = []
    new_texts: list[str] = []
    for op in operations:
        old_texts.append(op.old or "")
        new_texts.append(op.new or "")

    return _word_op(old_texts, new_texts)


def _count_pieces(text: str | None) -> int:
    return len(PIECE.findall(text or ""))
