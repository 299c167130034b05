"""What a difference says, and that it takes one content to the other and back."""

import re

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.strategies import (
    SearchStrategy,
    builds,
    characters,
    lists,
    none,
    one_of,
    permutations,
    sampled_from,
    text,
    tuples,
)

from indelible.concepts.entities import ConceptContent
from indelible.concepts.rules.diff import (
    SENTENCE,
    WORD,
    DiffDoesNotApply,
    DiffOp,
    FieldDiff,
    FieldKind,
    OpKind,
    WordOp,
    diff_content,
    similarity_percent,
    to_unified,
)

OLD = "The top number in a fraction. It counts the parts taken."
NEW = "The number above the line in a fraction. It counts the equal parts taken."

SCRAPS = [
    "a",
    "a ",
    "the ",
    "part",
    "parts ",
    ". ",
    "?",
    "\n",
    "\r\n",
    "\t",
    "\x1b[2J",
    "\x85",
    "\u2028",
    "\u202e",
    "é",
]
MORE_SCRAPS = [
    "\N{COMBINING ACUTE ACCENT}",
    "\N{FAMILY}\u200d\N{FIRE}",
    "_",
    "  ",
    "0.5",
    "\ufeff",
    "分数",
    "\x1c",
    "",
    "!?",
]
ITEMS = [
    "",
    " ",
    "one half",
    "one half ",
    "one third",
    "one half of a cake",
    "half one",
    "x",
    "\n",
    "3/4 of 8 is 6",
]

anything = text(characters(exclude_categories=["Cs"], exclude_characters="\0"))
scraps = lists(sampled_from(SCRAPS + MORE_SCRAPS), max_size=30).map("".join)
texts = one_of(scraps, anything)
items = lists(one_of(sampled_from(ITEMS), scraps), max_size=8).map(tuple)


contents = builds(
    ConceptContent,
    name=texts,
    definition=texts,
    explanation=texts,
    examples=items,
    misconceptions=items,
    scope_boundaries=one_of(none(), texts),
)


def reordered(content: ConceptContent) -> SearchStrategy[tuple[ConceptContent, ConceptContent]]:
    orders = permutations([*content.examples, "new"])
    return orders.map(lambda order: (content, evolve(content, examples=tuple(order))))


pairs = one_of(tuples(contents, contents), contents.flatmap(reordered))


def of_definitions(old: str, new: str) -> FieldDiff:
    return diff_content(
        ConceptContent(name="n", definition=old), ConceptContent(name="n", definition=new)
    ).fields[0]


def of_examples(old: tuple[str, ...], new: tuple[str, ...]) -> FieldDiff:
    return diff_content(
        ConceptContent(name="n", examples=old), ConceptContent(name="n", examples=new)
    ).fields[0]


def kinds(change: FieldDiff) -> str:
    return "".join(op.kind for op in change.ops)


def old_side(ops: tuple[DiffOp, ...] | tuple[WordOp, ...]) -> str:
    told = (OpKind.KEEP, OpKind.DELETE, OpKind.REPLACE)
    return "".join(op.old or "" for op in ops if op.kind in told)


def new_side(ops: tuple[DiffOp, ...] | tuple[WordOp, ...]) -> str:
    told = (OpKind.KEEP, OpKind.INSERT, OpKind.REPLACE)
    return "".join(op.new or "" for op in ops if op.kind in told)


@given(pairs)
def test_a_difference_takes_the_old_content_to_the_new(
    pair: tuple[ConceptContent, ConceptContent],
) -> None:
    old, new = pair

    assert diff_content(old, new).apply(old) == new


@given(pairs)
def test_an_inverted_difference_takes_the_new_content_to_the_old(
    pair: tuple[ConceptContent, ConceptContent],
) -> None:
    old, new = pair

    assert diff_content(old, new).invert().apply(new) == old


@given(pairs)
def test_only_fields_that_differ_are_told(pair: tuple[ConceptContent, ConceptContent]) -> None:
    old, new = pair
    diff = diff_content(old, new)

    assert {each.field for each in diff.fields} == {
        name
        for name in (
            "name",
            "definition",
            "explanation",
            "examples",
            "misconceptions",
            "scope_boundaries",
        )
        if getattr(old, name) != getattr(new, name)
    }
    assert diff.same == (old == new)


@given(texts, texts)
def test_stretches_of_text_spell_both_sides(old: str, new: str) -> None:
    ops = of_definitions(old, f"{old}{new}!").ops

    assert old_side(ops) == old
    assert new_side(ops) == f"{old}{new}!"


@given(items, items)
def test_every_item_is_told_once_by_its_places(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    ops = of_examples(old, (*new, "the last")).ops
    was = sorted((op.old_index, op.old) for op in ops if op.old_index is not None)
    now = sorted((op.new_index, op.new) for op in ops if op.new_index is not None)

    assert was == list(enumerate(old))
    assert now == list(enumerate((*new, "the last")))


@given(items, items)
def test_what_an_op_says_of_an_item_is_true(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    for op in of_examples(old, (*new, "the last")).ops:
        same = op.old == op.new

        assert same == (op.kind in (OpKind.KEEP, OpKind.MOVE))
        assert (op.old is None, op.new is None) == (
            op.kind is OpKind.INSERT,
            op.kind is OpKind.DELETE,
        )
        assert (old_side(op.words), new_side(op.words)) == (
            (op.old, op.new) if op.kind is OpKind.REPLACE else ("", "")
        )


@given(texts)
@pytest.mark.parametrize("token", [WORD, SENTENCE])
def test_tokens_leave_no_character_out(token: re.Pattern[str], whole: str) -> None:
    assert "".join(token.findall(whole)) == whole


def test_the_worked_example_reads_as_a_person_would_tell_it() -> None:
    change = of_definitions(OLD, NEW)

    assert change.kind is FieldKind.TEXT
    assert [(op.kind.value, op.old, op.new) for op in change.ops] == [
        ("=", "The ", "The "),
        ("-", "top ", None),
        ("=", "number ", "number "),
        ("+", None, "above the line "),
        ("=", "in a fraction. It counts the ", "in a fraction. It counts the "),
        ("+", None, "equal "),
        ("=", "parts taken.", "parts taken."),
    ]
    assert change.similarity_percent == 81


def test_a_sentence_that_stays_is_kept_whole_beside_one_that_changes() -> None:
    change = of_definitions("One. Two parts. Three.", "One. Two equal parts. Three.")

    assert [op.old or op.new for op in change.ops] == ["One. Two ", "equal ", "parts. Three."]


@pytest.mark.parametrize(
    ("old", "new", "percent"), [("", "", 0), ("a", "b", 0), ("a b", "a b", 100), ("a b", "a c", 67)]
)
def test_similarity_counts_words_and_the_spaces_between_them(
    old: str, new: str, percent: int
) -> None:
    assert similarity_percent(old, new) == percent


def test_an_equal_item_at_another_place_has_moved() -> None:
    change = of_examples(("a", "b", "c"), ("c", "a", "b"))

    assert [(op.kind.value, op.old, op.old_index, op.new_index) for op in change.ops] == [
        ("m", "c", 2, 0),
        ("=", "a", 0, 1),
        ("=", "b", 1, 2),
    ]
    assert change.similarity_percent == 100


def test_of_repeated_items_only_the_one_more_is_new() -> None:
    assert kinds(of_examples(("a", "a"), ("a", "a", "a"))) == "==+"


def test_a_similar_item_has_changed_and_another_one_is_another() -> None:
    change = of_examples(("half of a cake", "seven"), ("eleven", "half of a pie"))

    assert sorted((op.kind.value, op.old, op.new) for op in change.ops) == [
        ("+", None, "eleven"),
        ("-", "seven", None),
        ("~", "half of a cake", "half of a pie"),
    ]


@pytest.mark.parametrize(("new", "told"), [("a b c x y", "~"), ("a b x y z", "-+")])
def test_an_item_has_changed_when_three_words_of_five_are_the_same(new: str, told: str) -> None:
    assert kinds(of_examples(("a b c d e",), (new,))) == told


def test_an_item_pairs_with_the_one_most_like_it() -> None:
    change = of_examples(("a b c d e", "a b c d x"), ("a b c d x y",))

    assert [(op.kind.value, op.old) for op in change.ops] == [
        ("-", "a b c d e"),
        ("~", "a b c d x"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (None, "", FieldKind.SET),
        (None, "Whole numbers.", FieldKind.SET),
        ("", None, FieldKind.CLEARED),
        ("Whole numbers.", None, FieldKind.CLEARED),
        ("", "Whole numbers.", FieldKind.TEXT),
    ],
)
def test_a_field_that_may_be_absent_is_set_or_cleared(
    old: str | None, new: str | None, kind: FieldKind
) -> None:
    without = ConceptContent(name="n")
    (change,) = diff_content(
        evolve(without, scope_boundaries=old), evolve(without, scope_boundaries=new)
    ).fields

    assert (change.kind, change.before, change.after) == (kind, old, new)


def test_a_difference_applies_only_where_it_starts() -> None:
    old = ConceptContent(name="n", definition=OLD)
    diff = diff_content(old, evolve(old, definition=NEW))
    with pytest.raises(DiffDoesNotApply) as refused:
        diff.apply(evolve(old, definition=NEW))

    assert (refused.value.code, refused.value.field) == ("DIFF_DOES_NOT_APPLY", "definition")


def test_a_terminal_shows_words_and_items() -> None:
    old = ConceptContent(name="n", definition=OLD, examples=("half of a cake", "3/4", "x", "kept"))
    new = evolve(
        old,
        definition=NEW,
        examples=("3/4", "half of a pie", "new", "kept"),
        scope_boundaries="Whole\nparts",
    )

    assert to_unified(diff_content(old, new)).splitlines() == [
        "definition",
        (
            "  The [-top -]number {+above the line +}in a fraction."
            " It counts the {+equal +}parts taken."
        ),
        "examples",
        "  1 -> 2: half of a [-cake-]{+pie+}",
        "  3: [-x-]",
        "  3: {+new+}",
        "scope_boundaries",
        "  {+Whole",
        "  parts+}",
    ]


def test_a_terminal_is_never_sent_a_control_character() -> None:
    shown = to_unified(
        diff_content(ConceptContent(name="n"), ConceptContent(name="\x1b[2J\u202e\r"))
    )

    assert shown == "name\n  [-n-]{+\\u001b[2J\\u202e\\u000d+}"


def test_two_hundred_edits_among_five_thousand_words_are_told_apart() -> None:
    words = [f"{place * place % 307:03x}" for place in range(5_000)]
    edited = ["new" if place % 25 == 0 else word for place, word in enumerate(words)]
    change = of_definitions(" ".join(words), " ".join(edited))

    assert change.similarity_percent == 96
    assert sum(op.kind is OpKind.REPLACE for op in change.ops) == 200


@pytest.mark.parametrize(("length", "told"), [(100, "~="), (2_000, "~")])
def test_an_edit_that_costs_too_much_is_given_up(length: int, told: str) -> None:
    old, new = (" ".join(f"{letter}{place}" for place in range(length)) for letter in "ab")

    assert kinds(of_definitions(f"{old} end", f"{new} end")) == told


def test_where_a_stretch_costs_too_much_the_sentences_around_it_stay() -> None:
    old, new = (" ".join(f"{letter}{place}" for place in range(2_000)) for letter in "ab")

    assert kinds(of_definitions(f"First. {old}. Last.", f"First. {new}. Last.")) == "=~="


def test_few_edits_are_told_apart_however_often_words_repeat() -> None:
    assert kinds(of_definitions("a " * 10_000, "b " + "a " * 9_999)) == "+=-"


def test_two_hundred_long_items_share_the_steps_of_one_field() -> None:
    old = tuple("a " * 9_990 + str(number) for number in range(200))
    new = tuple(f"{item} b" for item in old)
    change = of_examples(old, new)

    assert kinds(change) == "~" * 200
    assert change.after == new
