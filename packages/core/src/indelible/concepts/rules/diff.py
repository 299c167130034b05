"""What changed from one content to another: by field, by list item, by word; and how to apply it, or to undo it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate, chain, groupby, islice, product
from operator import attrgetter
from typing import ClassVar, Final, Self

from attrs import evolve, fields, frozen

from indelible.concepts.entities import ConceptContent
from indelible.kernel import Conflict
from indelible.kernel.values import CONTROL

Value = str | tuple[str, ...] | None

# A word swallows the space after it: a third of the tokens, and of the time, of telling them apart.
WORD: Final = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?\n]*\s*|[.!?\n]+\s*")
PIECE: Final = re.compile(r"\w+|[^\w\s]|\s+")

STEPS: Final = 3_000_000  # of comparing, for a field: a quarter of a second
STEPS_PER_CHARACTER: Final = 4  # to cut a text into tokens
COMPARED_WORDS: Final = 200  # from an item's beginning, to find the item that it was
SIMILAR_PERCENT: Final = 60  # from here on an item was changed, below it was replaced


@frozen
class DiffDoesNotApply(Conflict):
    """The content is not the one that the difference starts from."""

    code: ClassVar[str] = "DIFF_DOES_NOT_APPLY"
    field: str


class FieldKind(StrEnum):
    """How a field differs; only a field that may be absent is set or cleared."""

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


_BY_TAG: Final = {
    "equal": OpKind.KEEP,
    "delete": OpKind.DELETE,
    "insert": OpKind.INSERT,
    "replace": OpKind.REPLACE,
}
_OP_UNDONE: Final = {OpKind.DELETE: OpKind.INSERT, OpKind.INSERT: OpKind.DELETE}
_FIELD_UNDONE: Final = {FieldKind.SET: FieldKind.CLEARED, FieldKind.CLEARED: FieldKind.SET}


@frozen(kw_only=True)
class WordOp:
    """A stretch of words, as it was and as it is; None where it is not."""

    kind: OpKind
    old: str | None = None
    new: str | None = None

    def inverted(self) -> Self:
        """The op that undoes this one."""
        return evolve(self, kind=_OP_UNDONE.get(self.kind, self.kind), old=self.new, new=self.old)


@frozen(kw_only=True)
class DiffOp:
    """A stretch of a text, or a list item with its places; `words` tell how a replaced item changed."""

    kind: OpKind
    old: str | None = None
    new: str | None = None
    old_index: int | None = None
    new_index: int | None = None
    words: tuple[WordOp, ...] = ()

    def inverted(self) -> Self:
        """The op that undoes this one."""
        return evolve(
            self,
            kind=_OP_UNDONE.get(self.kind, self.kind),
            old=self.new,
            new=self.old,
            old_index=self.new_index,
            new_index=self.old_index,
            words=tuple(word.inverted() for word in self.words),
        )


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
        if self.kind is FieldKind.SET:
            return None
        if self.kind is FieldKind.LIST:
            places = sorted((op.old_index, op.old or "") for op in self.ops if op.old_index is not None)
            return tuple(item for _, item in places)
        return "".join(op.old or "" for op in self.ops)

    @property
    def after(self) -> Value:
        """What the field says now."""
        return self.inverted().before

    def inverted(self) -> Self:
        """The difference that undoes this one."""
        kind = _FIELD_UNDONE.get(self.kind, self.kind)
        return evolve(self, kind=kind, ops=tuple(op.inverted() for op in self.ops))


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
        return evolve(content, **{each.field: each.after for each in self.fields})

    def invert(self) -> Self:
        """The difference that undoes this one."""
        return evolve(self, fields=tuple(each.inverted() for each in self.fields))


@frozen(kw_only=True)
class VersionDiff:
    """What changed from one version of a concept to another."""

    concept_id: str
    from_version: int
    to_version: int
    diff: ContentDiff


def diff_content(old: ConceptContent, new: ConceptContent) -> ContentDiff:
    """What changed from the old content to the new."""
    names = [attribute.name for attribute in fields(ConceptContent)]
    sides = ((name, getattr(old, name), getattr(new, name)) for name in names)
    return ContentDiff(fields=tuple(_diff_field(name, was, now) for name, was, now in sides if was != now))


def similarity_percent(old: str, new: str) -> int:
    """How much of two texts is common to both, counted in words, marks and the spaces between them."""
    return _percent(_word_ops(old, new, _Purse()))


def to_unified(diff: ContentDiff) -> str:
    """The difference as text for a terminal: words [-taken away-] and {+added+}, list items by their places from 1."""
    return "\n".join(line for each in diff.fields for line in (each.field, *_lines(each)))


def _diff_field(name: str, old: Value, new: Value) -> FieldDiff:
    ops: tuple[DiffOp, ...]
    if isinstance(old, tuple) and isinstance(new, tuple):
        kind, ops = FieldKind.LIST, _list_ops(old, new)
        percent = _percent_of_items(ops)
    elif isinstance(old, str) and isinstance(new, str):
        words = _word_ops(old, new, _Purse())
        kind, ops = FieldKind.TEXT, tuple(DiffOp(kind=op.kind, old=op.old, new=op.new) for op in words)
        percent = _percent(words)
    elif isinstance(new, str):
        kind, ops, percent = FieldKind.SET, (DiffOp(kind=OpKind.INSERT, new=new),), 0
    else:
        kind, ops, percent = FieldKind.CLEARED, (DiffOp(kind=OpKind.DELETE, old=str(old)),), 0
    return FieldDiff(field=name, kind=kind, ops=ops, similarity_percent=percent)


class _Purse:
    """The steps that a field's comparison may still take."""

    def __init__(self) -> None:
        self._left = STEPS

    def pays(self, cost: int) -> bool:
        """Whether there was enough for it; if not, nothing is spent."""
        is_enough = cost <= self._left
        self._left -= cost if is_enough else 0
        return is_enough


class _Matcher(SequenceMatcher[str]):
    """difflib's, longest common stretches first; when a look costs too much, what it would compare counts as replaced."""

    def __init__(self, old: Sequence[str], new: Sequence[str], purse: _Purse) -> None:
        super().__init__(None, old, new, autojunk=False)
        equals = Counter(new)
        # A token of the old text costs one step, and one more for each equal token of the new text.
        self._costs = tuple(accumulate((1 + equals[token] for token in old), initial=0))
        self._purse = purse

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """The longest common stretch, or an empty one that ends the search here."""
        cost = self._costs[-1 if ahi is None else ahi] - self._costs[alo]
        return super().find_longest_match(alo, ahi, blo, bhi) if self._purse.pays(cost) else Match(alo, blo, 0)


def _word_ops(old: str, new: str, purse: _Purse) -> tuple[WordOp, ...]:
    """Sentences are compared first, and words where sentences differ: quicker, and no word strays into another's place."""
    if not purse.pays(STEPS_PER_CHARACTER * (len(old) + len(new))):
        return (WordOp(kind=OpKind.REPLACE, old=old, new=new),)
    finer = (
        _stretches(WORD, op.old or "", op.new or "", purse) if op.kind is OpKind.REPLACE else (op,)
        for op in _stretches(SENTENCE, old, new, purse)
    )
    runs = groupby(chain.from_iterable(finer), key=attrgetter("kind"))
    return tuple(_joined(kind, tuple(run)) for kind, run in runs)


def _stretches(token: re.Pattern[str], old: str, new: str, purse: _Purse) -> Iterator[WordOp]:
    was, now = token.findall(old), token.findall(new)
    for tag, i, i_end, j, j_end in _Matcher(was, now, purse).get_opcodes():
        yield WordOp(kind=_BY_TAG[tag], old="".join(was[i:i_end]) or None, new="".join(now[j:j_end]) or None)


def _joined(kind: OpKind, ops: Sequence[WordOp]) -> WordOp:
    old, new = ("".join(texts) or None for texts in ((op.old or "" for op in ops), (op.new or "" for op in ops)))
    return WordOp(kind=kind, old=old, new=new)


def _list_ops(old: Sequence[str], new: Sequence[str]) -> tuple[DiffOp, ...]:
    purse = _Purse()
    blocks = _Matcher(old, new, purse).get_matching_blocks()
    kept = {i + step: j + step for i, j, size in blocks for step in range(size)}
    gone = [i for i in range(len(old)) if i not in kept]
    come = sorted(set(range(len(new))) - set(kept.values()))
    pairs = _pairs(old, new, gone, come)
    ops = [
        *(DiffOp(kind=OpKind.KEEP, old=old[i], new=new[j], old_index=i, new_index=j) for i, j in kept.items()),
        *(_pair_op(old[i], new[j], i, j, purse) for i, j in pairs.items()),
        *(DiffOp(kind=OpKind.DELETE, old=old[i], old_index=i) for i in gone if i not in pairs),
        *(DiffOp(kind=OpKind.INSERT, new=new[j], new_index=j) for j in come if j not in pairs.values()),
    ]
    return tuple(sorted(ops, key=_reading_place))


def _pair_op(old: str, new: str, old_index: int, new_index: int, purse: _Purse) -> DiffOp:
    kind, words = (OpKind.MOVE, ()) if old == new else (OpKind.REPLACE, _word_ops(old, new, purse))
    return DiffOp(kind=kind, old=old, new=new, old_index=old_index, new_index=new_index, words=words)


def _reading_place(op: DiffOp) -> tuple[int, int]:
    places = [place for place in (op.new_index, op.old_index) if place is not None]
    return places[0], places[-1]


def _pairs(old: Sequence[str], new: Sequence[str], gone: Iterable[int], come: Iterable[int]) -> dict[int, int]:
    """Which of the items that came is which of those that are gone: equal ones first, then the most alike."""
    was, now = {i: _bag(old[i]) for i in gone}, {j: _bag(new[j]) for j in come}
    ranked = sorted(
        (old[i] != new[j], -alike, abs(i - j), i, j)
        for i, j in product(was, now)
        if (alike := 200 * len(was[i] & now[j]) // max(1, len(was[i]) + len(now[j]))) >= SIMILAR_PERCENT
        or old[i] == new[j]
    )
    pairs: dict[int, int] = {}
    taken = set[int]()
    for *_, i, j in ranked:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _bag(text: str) -> frozenset[tuple[str, int]]:
    words = Counter(match.group() for match in islice(WORD.finditer(text), COMPARED_WORDS))
    return frozenset((word, nth) for word, count in words.items() for nth in range(count))


def _percent(ops: Iterable[WordOp]) -> int:
    common = sum(_pieces(op.old) for op in ops if op.kind is OpKind.KEEP)
    return round(200 * common / sum(_pieces(op.old) + _pieces(op.new) for op in ops)) if common else 0


def _percent_of_items(ops: Sequence[DiffOp]) -> int:
    """Items count alike, however long; a replaced one counts by its words."""
    both = [op for op in ops if op.old is not None and op.new is not None]
    common = sum(_percent(op.words) if op.kind is OpKind.REPLACE else 100 for op in both)
    return round(2 * common / (len(ops) + len(both)))


def _pieces(text: str | None) -> int:
    return len(PIECE.findall(text or ""))


def _lines(change: FieldDiff) -> Iterator[str]:
    if change.kind is not FieldKind.LIST:
        yield "  " + "".join(_marked(op) for op in change.ops)
        return
    for op in change.ops:
        if op.kind is not OpKind.KEEP:
            places = " -> ".join(str(place + 1) for place in (op.old_index, op.new_index) if place is not None)
            yield f"  {places}: " + ("".join(_marked(word) for word in op.words) or _marked(op))


def _marked(op: DiffOp | WordOp) -> str:
    # A terminal obeys control characters; content that holds them is shown, not obeyed.
    old, new = (CONTROL.sub(_escaped, text or "").replace("\n", "\n  ") for text in (op.old, op.new))
    if op.kind in (OpKind.KEEP, OpKind.MOVE):
        return new
    return (f"[-{old}-]" if op.old is not None else "") + (f"{{+{new}+}}" if op.new is not None else "")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
