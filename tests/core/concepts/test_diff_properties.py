"""A difference describes every edit truly, for any two contents."""

import re

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis.strategies import (
    DrawFn,
    builds,
    characters,
    composite,
    lists,
    none,
    one_of,
    permutations,
    sampled_from,
    text,
    tuples,
)
from tests.core.concepts.diffs import diff_definitions, diff_examples, new_text, old_text

from indelible.concepts.entities import ConceptContent
from indelible.concepts.rules.diff.content import diff_content
from indelible.concepts.rules.diff.operations import OpKind
from indelible.concepts.rules.diff.words import SENTENCE, WORD

WORD_PIECES = [
    "a",
    "a ",
    "the ",
    "part",
    "parts ",
    "é",
    "分数",
    "0.5",
    "_",
    "\N{COMBINING ACUTE ACCENT}",
]
SPACES_AND_STOPS = ["", "  ", ". ", "?", "!?", "\n", "\r\n", "\t"]
UNUSUAL_PIECES = [
    "\x1b[2J",
    "\x1c",
    "\x85",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\N{FAMILY}\u200d\N{FIRE}",
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
LAST_ITEM = "the last"  # added to the new list, so that both lists always differ

any_text = text(characters(exclude_categories=["Cs"], exclude_characters="\0"))
pieces = sampled_from(WORD_PIECES + SPACES_AND_STOPS + UNUSUAL_PIECES)
joined_pieces = lists(pieces, max_size=30).map("".join)
texts = one_of(joined_pieces, any_text)
items = lists(one_of(sampled_from(ITEMS), joined_pieces), max_size=8).map(tuple)
contents = builds(
    ConceptContent,
    name=texts,
    definition=texts,
    explanation=texts,
    examples=items,
    misconceptions=items,
    scope_boundaries=one_of(none(), texts),
)

Pair = tuple[ConceptContent, ConceptContent]


@composite
def reordered_contents(draw: DrawFn) -> Pair:
    """Draw a content and the same content with a new example and another order of examples."""
    content = draw(contents)
    examples = draw(permutations([*content.examples, "new"]))

    return content, evolve(content, examples=tuple(examples))


content_pairs = one_of(tuples(contents, contents), reordered_contents())


@given(content_pairs)
def test_a_difference_changes_the_old_content_to_the_new(pair: Pair) -> None:
    old, new = pair

    assert diff_content(old, new).apply(old) == new


@given(content_pairs)
def test_an_inverted_difference_changes_the_new_content_to_the_old(pair: Pair) -> None:
    old, new = pair

    assert diff_content(old, new).invert().apply(new) == old


@given(content_pairs)
def test_only_fields_that_differ_are_in_a_difference(pair: Pair) -> None:
    old, new = pair
    diff = diff_content(old, new)
    expected = [
        field.name
        for field in fields(ConceptContent)
        if getattr(old, field.name) != getattr(new, field.name)
    ]

    assert [field_diff.field for field_diff in diff.fields] == expected
    assert diff.same == (old == new)


@given(texts, texts)
def test_the_edits_of_a_text_hold_both_texts_whole(old: str, ending: str) -> None:
    new = f"{old}{ending}!"
    edits = diff_definitions(old, new).ops

    assert old_text(edits) == old
    assert new_text(edits) == new


@given(items, items)
def test_every_item_of_both_lists_is_in_one_edit(
    old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    new = (*new, LAST_ITEM)
    edits = diff_examples(old, new).ops
    old_items = [(edit.old_index, edit.old) for edit in edits if edit.old_index is not None]
    new_items = [(edit.new_index, edit.new) for edit in edits if edit.new_index is not None]

    assert sorted(old_items) == list(enumerate(old))
    assert sorted(new_items) == list(enumerate(new))


@given(items, items)
def test_the_kind_of_an_edit_follows_from_both_sides_of_its_item(
    old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    for edit in diff_examples(old, (*new, LAST_ITEM)).ops:
        is_unchanged = edit.kind in (OpKind.KEEP, OpKind.MOVE)

        assert (edit.old == edit.new) == is_unchanged
        assert (edit.old is None) == (edit.kind is OpKind.INSERT)
        assert (edit.new is None) == (edit.kind is OpKind.DELETE)


@given(items, items)
def test_only_a_replaced_item_has_edits_of_its_words(
    old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    for edit in diff_examples(old, (*new, LAST_ITEM)).ops:
        if edit.kind is OpKind.REPLACE:
            assert old_text(edit.words) == edit.old
            assert new_text(edit.words) == edit.new
        else:
            assert edit.words == ()


@given(texts)
@pytest.mark.parametrize("token", [WORD, SENTENCE], ids=["word", "sentence"])
def test_tokens_leave_no_character_out(token: re.Pattern[str], content: str) -> None:
    assert "".join(token.findall(content)) == content
