"""What changed from one content to another: by field, by list item, by word; and how to apply it, or to undo it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, groupby, islice, product
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, Final, Self

from attrs import evolve, frozen

from indelible.concepts.entities import CONTENT_FIELDS, ConceptContent
from indelible.kernel import Conflict
from indelible.kernel.values import CONTROL

Value = str | tuple[str, ...] | None
Way = tuple[int, int, int, "Way"] | None  # the last stretch that an edit kept, and its way there

# Together a pattern's matches are the text. A word swallows its space: half as many tokens to compare.
WORD: Final = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?\n]*\s*|[.!?\n]+\s*")
PIECE: Final = re.compile(r"\w+|[^\w\s]|\s+")

STEPS: Final = 3_000_000  # of comparing, for a field: a quarter of a second
STEPS_PER_CHARACTER: Final = 4  # to cut a text into tokens
STEPS_PER_EDIT: Final = 4  # to try one more
NOWHERE: Final = (-1, None)
COMPARED_WORDS: Final = 200  # of an item, to find the one it was before
SIMILAR_PERCENT: Final = 60  # from here on an item is said to have changed, below it to be another


@frozen
class DiffDoesNotApply(Conflict):
    """The content is not the one that the difference starts from."""

    code: ClassVar[str] = "DIFF_DOES_NOT_APPLY"
    message: ClassVar[str] = (
        "The diff does not apply: field {field} differs from the content that the diff starts from."
    )
    field: str


class FieldKind(StrEnum):
    """How a field differs; only one that may be absent is set or cleared."""

    TEXT = "TEXT"
    LIST = "LIST"
    SET = "SET"
    CLEARED = "CLEARED"


class OpKind(StrEnum):
    """What became of a stretch of text or of a list item."""

    KEEP = "="
    DELETE = "-"
    INSERT = "+"
    REPLACE = "~"
    MOVE = "m"


@frozen(kw_only=True)
class WordOp:
    """A stretch of words as it was, and as it is; None where it is not."""

    kind: OpKind
    old: str | None = None
    new: str | None = None


@frozen(kw_only=True)
class DiffOp(WordOp):
    """A stretch of a text, or a list item with its places; `words` tell how a replaced item changed."""

    old_index: int | None = None
    new_index: int | None = None
    words: tuple[WordOp, ...] = ()


@frozen(kw_only=True)
class FieldDiff:
    """How one field differs, and how much of it is common to both sides."""

    field: str
    kind: FieldKind
    ops: tuple[DiffOp, ...]
    similarity_percent: int

    @property
    def before(self) -> Value:
        """What the field said."""
        sides = ((op.old_index, op.old) for op in self.ops)
        return None if self.kind is FieldKind.SET else _value(self.kind, sides)

    @property
    def after(self) -> Value:
        """What the field says now."""
        sides = ((op.new_index, op.new) for op in self.ops)
        return None if self.kind is FieldKind.CLEARED else _value(self.kind, sides)


@frozen(kw_only=True)
class ContentDiff:
    """The fields that differ, in the order of the content's fields."""

    fields: tuple[FieldDiff, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.fields

    def apply(self, content: ConceptContent) -> ConceptContent:
        """The content after the change, or DiffDoesNotApply."""
        for each in self.fields:
            if getattr(content, each.field) != each.before:
                raise DiffDoesNotApply(each.field)
        changes: dict[str, Any] = {each.field: each.after for each in self.fields}
        return evolve(content, **changes)

    def invert(self) -> Self:
        """The difference that undoes this one."""
        return evolve(
            self,
            fields=tuple(_diff_field(each.field, each.after, each.before) for each in self.fields),
        )


@frozen(kw_only=True)
class VersionDiff:
    """What changed from one version of a concept to another."""

    concept_id: str
    from_version: int
    to_version: int
    diff: ContentDiff


def diff_content(old: ConceptContent, new: ConceptContent) -> ContentDiff:
    """What changed from the old content to the new."""
    sides = ((name, getattr(old, name), getattr(new, name)) for name in CONTENT_FIELDS)
    return ContentDiff(
        fields=tuple(_diff_field(name, was, now) for name, was, now in sides if was != now)
    )


def similarity_percent(old: str, new: str) -> int:
    """How much of two texts is common to both, counted in words, marks and the spaces between them."""
    return 100 if old and old == new else _percent(_word_ops(old, new, ComparisonBudget()))


def to_unified(diff: ContentDiff) -> str:
    """The difference for a terminal: words [-taken away-] and {+added+}, list items by their places from 1."""
    return "\n".join(line for each in diff.fields for line in (each.field, *_lines(each)))


def _diff_field(name: str, old: Value, new: Value) -> FieldDiff:
    kind, ops, percent = FieldKind.TEXT, tuple[DiffOp, ...](), 0
    if isinstance(old, tuple) and isinstance(new, tuple):
        kind, ops = FieldKind.LIST, _list_ops(old, new, ComparisonBudget())
        percent = _percent_of_items(ops)
    elif isinstance(old, str) and isinstance(new, str):
        words = _word_ops(old, new, ComparisonBudget())
        ops, percent = (
            tuple(DiffOp(kind=op.kind, old=op.old, new=op.new) for op in words),
            _percent(words),
        )
    elif isinstance(new, str):
        kind, ops = FieldKind.SET, (DiffOp(kind=OpKind.INSERT, new=new),)
    elif isinstance(old, str):
        kind, ops = FieldKind.CLEARED, (DiffOp(kind=OpKind.DELETE, old=old),)
    return FieldDiff(field=name, kind=kind, ops=ops, similarity_percent=percent)


def _value(kind: FieldKind, sides: Iterable[tuple[int | None, str | None]]) -> Value:
    placed = [(index or 0, text) for index, text in sides if text is not None]
    texts = [text for _, text in sorted(placed, key=itemgetter(0))]
    return tuple(texts) if kind is FieldKind.LIST else "".join(texts)


class ComparisonBudget:
    """The steps that the comparison of a field may still take."""

    left = STEPS

    def spend(self, cost: int) -> bool:
        is_enough = cost <= self.left
        self.left -= cost if is_enough else 0
        return is_enough


def _common(
    old: Sequence[str], new: Sequence[str], purse: ComparisonBudget
) -> list[tuple[int, int, int]]:
    """Place in the old, place in the new, and length of the stretches that a shortest edit keeps."""
    way, kept = _shortest_edit(old, new, purse), list[tuple[int, int, int]]()
    while way is not None:
        i, j, size, way = way
        kept.append((i, j, size))
    return kept[::-1]


def _shortest_edit(old: Sequence[str], new: Sequence[str], purse: ComparisonBudget) -> Way:
    """What the edit keeps, found in Myers' way; if that costs too much, what the edit that got furthest keeps."""
    ends: dict[int, tuple[int, Way]] = {
        1: (0, None)
    }  # by diagonal: how far in the old an edit came, and what it kept
    for edits in range(len(old) + len(new) + 1):
        steps = 0
        for diagonal in range(-edits, edits + 1, 2):
            deleted, inserted = ends.get(diagonal - 1, NOWHERE), ends.get(diagonal + 1, NOWHERE)
            start, way = inserted if deleted[0] < inserted[0] else (deleted[0] + 1, deleted[1])
            end = start
            while end < len(old) and end - diagonal < len(new) and old[end] == new[end - diagonal]:
                end += 1
            way = (start, start - diagonal, end - start, way) if end > start else way
            if end >= len(old) and end - diagonal >= len(new):
                return way
            ends[diagonal] = end, way
            steps += STEPS_PER_EDIT + end - start
        if not purse.spend(steps):
            break
    return ends[max(ends, key=lambda diagonal: 2 * ends[diagonal][0] - diagonal)][1]


def _word_ops(old: str, new: str, purse: ComparisonBudget) -> tuple[WordOp, ...]:
    """Sentences are compared first, and words where sentences differ: that is quicker, and keeps words in place."""
    if not purse.spend(STEPS_PER_CHARACTER * (len(old) + len(new))):
        return (_word_op([old], [new]),)
    finer = (
        _stretches(WORD, op.old or "", op.new or "", purse) if op.kind is OpKind.REPLACE else (op,)
        for op in _stretches(SENTENCE, old, new, purse)
    )
    runs = groupby(chain.from_iterable(finer), key=attrgetter("kind"))
    return tuple(_joined(tuple(run)) for _, run in runs)


def _stretches(
    token: re.Pattern[str], old: str, new: str, purse: ComparisonBudget
) -> Iterator[WordOp]:
    was, now = token.findall(old), token.findall(new)
    i = j = 0
    for i_kept, j_kept, size in (*_common(was, now, purse), (len(was), len(now), 0)):
        if (i, j) != (i_kept, j_kept):
            yield _word_op(was[i:i_kept], now[j:j_kept])
        i, j = i_kept + size, j_kept + size
        if size:
            yield _word_op(was[i_kept:i], now[j_kept:j])


def _word_op(was: Iterable[str], now: Iterable[str]) -> WordOp:
    old, new = "".join(was), "".join(now)
    kind = OpKind.REPLACE if old and new else OpKind.DELETE if old else OpKind.INSERT
    return WordOp(kind=OpKind.KEEP if old == new else kind, old=old or None, new=new or None)


def _joined(ops: Sequence[WordOp]) -> WordOp:
    return _word_op([op.old or "" for op in ops], [op.new or "" for op in ops])


def _list_ops(
    old: Sequence[str], new: Sequence[str], purse: ComparisonBudget
) -> tuple[DiffOp, ...]:
    kept = {i + step: j + step for i, j, size in _common(old, new, purse) for step in range(size)}
    gone = [i for i in range(len(old)) if i not in kept]
    come = sorted(set(range(len(new))) - set(kept.values()))
    pairs = _pairs(old, new, gone, come)
    ops = [
        *(
            DiffOp(kind=OpKind.KEEP, old=old[i], new=new[j], old_index=i, new_index=j)
            for i, j in kept.items()
        ),
        *(_pair_op(old[i], new[j], i, j, purse) for i, j in pairs.items()),
        *(DiffOp(kind=OpKind.DELETE, old=old[i], old_index=i) for i in gone if i not in pairs),
        *(
            DiffOp(kind=OpKind.INSERT, new=new[j], new_index=j)
            for j in come
            if j not in pairs.values()
        ),
    ]
    return tuple(
        sorted(
            ops,
            key=lambda op: (op.old_index or 0, 0) if op.new_index is None else (op.new_index, 1),
        )
    )


def _pair_op(old: str, new: str, old_index: int, new_index: int, purse: ComparisonBudget) -> DiffOp:
    kind, words = (OpKind.MOVE, ()) if old == new else (OpKind.REPLACE, _word_ops(old, new, purse))
    return DiffOp(
        kind=kind, old=old, new=new, old_index=old_index, new_index=new_index, words=words
    )


def _pairs(
    old: Sequence[str], new: Sequence[str], gone: Iterable[int], come: Iterable[int]
) -> dict[int, int]:
    """Which item that is gone came again as which: equal ones first, then the most alike."""
    was, now = {i: _bag(old[i]) for i in gone}, {j: _bag(new[j]) for j in come}
    alike = {
        (i, j): 200 * len(was[i] & now[j]) // (len(was[i]) + len(now[j]) or 1)
        for i, j in product(was, now)
    }
    ranked = sorted(
        (old[i] != new[j], -percent, abs(i - j), i, j)
        for (i, j), percent in alike.items()
        if percent >= SIMILAR_PERCENT or old[i] == new[j]
    )
    pairs: dict[int, int] = {}
    for *_, i, j in ranked:
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _bag(text: str) -> frozenset[tuple[str, int]]:
    words = Counter(match.group().rstrip() for match in islice(WORD.finditer(text), COMPARED_WORDS))
    return frozenset((word, nth) for word, count in words.items() for nth in range(count))


def _percent(ops: Iterable[WordOp]) -> int:
    common = sum(_pieces(op.old) for op in ops if op.kind is OpKind.KEEP)
    return (
        round(200 * common / sum(_pieces(op.old) + _pieces(op.new) for op in ops)) if common else 0
    )


def _percent_of_items(ops: Sequence[DiffOp]) -> int:
    """Items count alike, however long; a replaced one counts by its words."""
    both = [op for op in ops if op.old is not None and op.new is not None]
    common = sum(_percent(op.words) if op.kind is OpKind.REPLACE else 100 for op in both)
    return round(2 * common / (len(ops) + len(both)))


def _pieces(text: str | None) -> int:
    return len(PIECE.findall(text or ""))


def _lines(change: FieldDiff) -> Iterator[str]:
    if change.kind is not FieldKind.LIST:
        yield "  " + "".join(map(_marked, change.ops))
        return
    for op in change.ops:
        if op.kind is not OpKind.KEEP:
            places = " -> ".join(
                str(place + 1) for place in (op.old_index, op.new_index) if place is not None
            )
            yield f"  {places}: " + "".join(map(_marked, op.words or (op,)))


def _marked(op: WordOp) -> str:
    # A terminal obeys control characters: those in content are shown, not sent.
    old, new = (
        CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text or "")
        for text in (op.old, op.new)
    )
    marked = (f"[-{old}-]" if op.old is not None else "") + (
        f"{{+{new}+}}" if op.new is not None else ""
    )
    return (new if op.old == op.new else marked).replace("\n", "\n  ")
