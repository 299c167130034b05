"""A difference reads as a person would describe it, and is computed in bounded steps."""

import pytest
from attrs import evolve
from tests.core.concepts.diffs import diff_definitions, diff_examples, edits, kinds

from indelible.concepts.entities import ConceptContent
from indelible.concepts.rules.diff.content import DiffDoesNotApply, diff_content
from indelible.concepts.rules.diff.operations import FieldKind, OpKind
from indelible.concepts.rules.diff.unified import to_unified
from indelible.concepts.rules.diff.words import similarity_percent

OLD = "The top number in a fraction. It counts the parts taken."
NEW = "The number above the line in a fraction. It counts the equal parts taken."


def numbered_words(letter: str, count: int) -> str:
    """Return a text of distinct words."""
    return " ".join(f"{letter}{number}" for number in range(count))


def test_the_edits_of_a_text_are_whole_words() -> None:
    diff = diff_definitions(OLD, NEW)

    assert diff.kind is FieldKind.TEXT
    assert diff.similarity_percent == 81
    assert edits(diff) == [
        ("=", "The ", "The "),
        ("-", "top ", None),
        ("=", "number ", "number "),
        ("+", None, "above the line "),
        ("=", "in a fraction. It counts the ", "in a fraction. It counts the "),
        ("+", None, "equal "),
        ("=", "parts taken.", "parts taken."),
    ]


def test_unchanged_sentences_stay_whole_around_a_changed_one() -> None:
    diff = diff_definitions("One. Two parts. Three.", "One. Two equal parts. Three.")

    assert edits(diff) == [
        ("=", "One. Two ", "One. Two "),
        ("+", None, "equal "),
        ("=", "parts. Three.", "parts. Three."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "percent"), [("", "", 0), ("a", "b", 0), ("a b", "a b", 100), ("a b", "a c", 67)]
)
def test_similarity_counts_words_and_the_spaces_between_them(
    old: str, new: str, percent: int
) -> None:
    assert similarity_percent(old, new) == percent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD, NEW),
        ("One. Two parts. Three.", "One. Two equal parts. Three."),
        ("A b. C!", "D. E f?"),
    ],
)
def test_similarity_is_that_of_the_merged_edits(old: str, new: str) -> None:
    assert similarity_percent(old, new) == diff_definitions(old, new).similarity_percent


def test_an_equal_item_at_another_index_has_moved() -> None:
    diff = diff_examples(("a", "b", "c"), ("c", "a", "b"))

    assert diff.similarity_percent == 100
    assert [(op.kind.value, op.old, op.old_index, op.new_index) for op in diff.ops] == [
        ("m", "c", 2, 0),
        ("=", "a", 0, 1),
        ("=", "b", 1, 2),
    ]


def test_one_more_copy_of_an_item_is_one_insertion() -> None:
    assert kinds(diff_examples(("a", "a"), ("a", "a", "a"))) == "==+"


def test_a_similar_item_is_replaced_and_a_different_one_is_deleted() -> None:
    diff = diff_examples(("half of a cake", "ten"), ("twelve", "half of a pie"))

    assert sorted(edits(diff), key=str) == [
        ("+", None, "twelve"),
        ("-", "ten", None),
        ("~", "half of a cake", "half of a pie"),
    ]


@pytest.mark.parametrize(("new", "expected"), [("a b c x y", "~"), ("a b x y z", "-+")])
def test_an_item_is_replaced_when_three_of_five_words_are_the_same(new: str, expected: str) -> None:
    assert kinds(diff_examples(("a b c d e",), (new,))) == expected


def test_an_item_is_paired_with_the_most_similar_one() -> None:
    diff = diff_examples(("a b c d e", "a b c d x"), ("a b c d x y",))

    assert edits(diff) == [
        ("-", "a b c d e", None),
        ("~", "a b c d x", "a b c d x y"),
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
def test_an_optional_field_is_set_or_cleared(
    old: str | None, new: str | None, kind: FieldKind
) -> None:
    old_content = ConceptContent(name="n", scope_boundaries=old)
    new_content = ConceptContent(name="n", scope_boundaries=new)
    (diff,) = diff_content(old_content, new_content).fields

    assert (diff.kind, diff.before, diff.after) == (kind, old, new)


def test_a_difference_applies_only_to_its_old_content() -> None:
    old = ConceptContent(name="n", definition=OLD)
    new = evolve(old, definition=NEW)
    diff = diff_content(old, new)

    with pytest.raises(DiffDoesNotApply) as refusal:
        diff.apply(new)
    assert refusal.value.code == "DIFF_DOES_NOT_APPLY"
    assert refusal.value.field == "definition"


def test_the_unified_text_marks_words_and_numbers_items() -> None:
    old = ConceptContent(
        name="n", definition=OLD, examples=("half of a cake", "3/4", "x", "unchanged")
    )
    new = evolve(
        old,
        definition=NEW,
        examples=("3/4", "half of a pie", "new", "unchanged"),
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


def test_the_unified_text_escapes_control_characters() -> None:
    old = ConceptContent(name="n")
    new = ConceptContent(name="\x1b[2J\u202e\r")
    unified = to_unified(diff_content(old, new))

    assert unified == "name\n  [-n-]{+\\u001b[2J\\u202e\\u000d+}"


def test_two_hundred_edits_among_five_thousand_words_are_separate() -> None:
    old_words: list[str] = []
    new_words: list[str] = []
    for number in range(5_000):
        word = f"{number * number % 307:03x}"
        old_words.append(word)
        new_words.append("new" if number % 25 == 0 else word)
    diff = diff_definitions(" ".join(old_words), " ".join(new_words))

    assert diff.similarity_percent == 96
    assert kinds(diff).count(OpKind.REPLACE) == 200


@pytest.mark.slow
@pytest.mark.parametrize(("count", "expected"), [(100, "~="), (2_000, "~")])
def test_a_comparison_beyond_the_budget_replaces_the_whole_text(count: int, expected: str) -> None:
    old = numbered_words("a", count)
    new = numbered_words("b", count)

    assert kinds(diff_definitions(f"{old} end", f"{new} end")) == expected


@pytest.mark.slow
def test_sentences_around_a_stretch_beyond_the_budget_stay() -> None:
    old = numbered_words("a", 2_000)
    new = numbered_words("b", 2_000)

    assert kinds(diff_definitions(f"First. {old}. Last.", f"First. {new}. Last.")) == "=~="


def test_few_edits_among_many_repeated_words_are_separate() -> None:
    assert kinds(diff_definitions("a " * 10_000, "b " + "a " * 9_999)) == "+=-"


@pytest.mark.slow
def test_two_hundred_long_items_share_the_budget_of_one_field() -> None:
    old = tuple("a " * 9_990 + str(number) for number in range(200))
    new = tuple(f"{item} b" for item in old)
    diff = diff_examples(old, new)

    assert kinds(diff) == "~" * 200
    assert diff.after == new
