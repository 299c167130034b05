"""Differences between two lists of texts, by item."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from indelible.concepts.rules.diff.operations import DiffOp, OpKind, WordOp
from indelible.concepts.rules.diff.shortest_edit import ComparisonBudget, common_stretches
from indelible.concepts.rules.diff.words import WORD, common_percent, word_operations

MAX_COMPARED_WORDS: Final = 200  # of an item, when its counterpart is looked for
MIN_SIMILAR_PERCENT: Final = 60  # below it an item is another item, not a changed one

WordCounts = frozenset[tuple[str, int]]


def item_operations(
    old: Sequence[str], new: Sequence[str], budget: ComparisonBudget
) -> tuple[DiffOp, ...]:
    """Return the edits that turn the old list into the new one, in the order of the new list."""
    kept_pairs = _unchanged_items(old, new, budget)
    removed = [index for index in range(len(old)) if index not in kept_pairs]
    added = sorted(set(range(len(new))) - set(kept_pairs.values()))
    changed_pairs = _pair_similar_items(old, new, removed, added)

    operations: list[DiffOp] = []
    for old_index, new_index in kept_pairs.items():
        operations.append(
            DiffOp(
                kind=OpKind.KEEP,
                old=old[old_index],
                new=new[new_index],
                old_index=old_index,
                new_index=new_index,
            )
        )
    for old_index, new_index in changed_pairs.items():
        operations.append(_changed_item(old, new, old_index, new_index, budget))
    for old_index in removed:
        if old_index not in changed_pairs:
            operations.append(DiffOp(kind=OpKind.DELETE, old=old[old_index], old_index=old_index))
    paired_new = set(changed_pairs.values())
    for new_index in added:
        if new_index not in paired_new:
            operations.append(DiffOp(kind=OpKind.INSERT, new=new[new_index], new_index=new_index))

    return tuple(sorted(operations, key=_reading_order))


def item_similarity_percent(operations: Sequence[DiffOp]) -> int:
    """Return the share of both lists that the edits keep.

    Items count alike, whatever their length; a replaced item counts by its words.
    """
    common = pairs = 0
    for op in operations:
        if op.old is None or op.new is None:
            continue
        pairs += 1
        common += common_percent(op.words) if op.kind is OpKind.REPLACE else 100

    return round(2 * common / (len(operations) + pairs))


def _reading_order(op: DiffOp) -> tuple[int, int]:
    """Sort by the index in the new list; a removed item stands before the item at its index."""
    if op.new_index is None:
        return op.old_index or 0, 0

    return op.new_index, 1


def _unchanged_items(
    old: Sequence[str], new: Sequence[str], budget: ComparisonBudget
) -> dict[int, int]:
    """Map the old index of each unchanged item to its new index."""
    pairs: dict[int, int] = {}
    for stretch in common_stretches(old, new, budget):
        for offset in range(stretch.length):
            pairs[stretch.old_start + offset] = stretch.new_start + offset

    return pairs


def _changed_item(
    old: Sequence[str],
    new: Sequence[str],
    old_index: int,
    new_index: int,
    budget: ComparisonBudget,
) -> DiffOp:
    old_text = old[old_index]
    new_text = new[new_index]
    if old_text == new_text:
        kind = OpKind.MOVE
        words: tuple[WordOp, ...] = ()
    else:
        kind = OpKind.REPLACE
        words = word_operations(old_text, new_text, budget)

    return DiffOp(
        kind=kind,
        old=old_text,
        new=new_text,
        old_index=old_index,
        new_index=new_index,
        words=words,
    )


def _pair_similar_items(
    old: Sequence[str], new: Sequence[str], removed: Iterable[int], added: Iterable[int]
) -> dict[int, int]:
    """Map removed items to the added items that they became: equal ones first, then by similarity.

    Between equally similar candidates the one that moved least wins.
    """
    old_words = {index: _word_counts(old[index]) for index in removed}
    new_words = {index: _word_counts(new[index]) for index in added}

    candidates: list[tuple[bool, int, int, int, int]] = []
    for old_index, old_counts in old_words.items():
        for new_index, new_counts in new_words.items():
            percent = _overlap_percent(old_counts, new_counts)
            is_equal = old[old_index] == new[new_index]
            if is_equal or percent >= MIN_SIMILAR_PERCENT:
                distance = abs(old_index - new_index)
                candidates.append((not is_equal, -percent, distance, old_index, new_index))

    return _first_matches(candidates)


def _first_matches(candidates: Iterable[tuple[bool, int, int, int, int]]) -> dict[int, int]:
    """Pair each index at most once, best candidates first."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, _, old_index, new_index in sorted(candidates):
        if old_index not in pairs and new_index not in taken:
            pairs[old_index] = new_index
            taken.add(new_index)

    return pairs


def _overlap_percent(old_counts: WordCounts, new_counts: WordCounts) -> int:
    total = len(old_counts) + len(new_counts) or 1
    return 200 * len(old_counts & new_counts) // total


def _word_counts(text: str) -> WordCounts:
    """Return the words of a text; the second occurrence of a word differs from the first."""
    matches = islice(WORD.finditer(text), MAX_COMPARED_WORDS)
    counts: Mapping[str, int] = Counter(match.group().rstrip() for match in matches)

    occurrences: set[tuple[str, int]] = set()
    for word, count in counts.items():
        for occurrence in range(count):
            occurrences.add((word, occurrence))

    return frozenset(occurrences)
