"""Levels are ordered, and embeddings and reading depths are numbers in their ranges."""

from collections.abc import Callable
from itertools import combinations
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import floats, lists
from tests.core.captures.builders import make_command

from indelible.captures import (
    CaptureArtifactCommand,
    EmbeddingVector,
    EngagementLevel,
    ReadingDepth,
    errors,
)
from indelible.captures.entities.vectors import MAX_DIMENSION, Vector
from indelible.testing.captures.scenarios import code

Value = Any  # of any type, on purpose

LEVELS = list(EngagementLevel)

number_lists = lists(
    floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=9
)


def test_levels_are_in_order_of_rank_and_never_of_letters() -> None:
    names = [level.value for level in LEVELS]

    assert names == ["latent", "discovered", "engaged", "saturated"]
    assert [level.rank for level in LEVELS] == [0, 1, 2, 3]
    assert sorted([*LEVELS[2:], *LEVELS[:2]]) == LEVELS
    assert max(EngagementLevel.ENGAGED, EngagementLevel.DISCOVERED) is EngagementLevel.ENGAGED


@pytest.mark.parametrize(("lower", "higher"), list(combinations(LEVELS, 2)))
def test_every_comparison_of_levels_uses_their_rank(
    lower: EngagementLevel, higher: EngagementLevel
) -> None:
    assert lower < higher
    assert lower <= higher
    assert higher > lower
    assert higher >= lower
    assert not higher < lower
    assert not higher <= lower
    assert not lower > higher
    assert not lower >= higher


def test_a_level_is_not_compared_with_the_text_of_none() -> None:
    with pytest.raises(ValueError, match="LATENT"):
        assert EngagementLevel.LATENT < "LATENT"


@pytest.mark.parametrize(
    ("embedding", "expected"),
    [
        ([], "EMBEDDING_UNUSABLE"),
        ([nan, 1.0], "EMBEDDING_UNUSABLE"),
        ([inf, 1.0], "EMBEDDING_UNUSABLE"),
        ([-inf], "EMBEDDING_UNUSABLE"),
        ([1e39], "EMBEDDING_UNUSABLE"),
        ([10**400], "EMBEDDING_UNUSABLE"),
        ([0, 0.0, -0.0], "EMBEDDING_UNUSABLE"),
        ([1e-60, 0.0], "EMBEDDING_UNUSABLE"),
        (range(1_000_000), "EMBEDDING_UNUSABLE"),
        ([1.0] * (MAX_DIMENSION + 1), "EMBEDDING_UNUSABLE"),
        (["1.0"], "WRONG_TYPE"),
        ([True, False], "WRONG_TYPE"),
        ([None], "WRONG_TYPE"),
        ("1.0, 2.0", "WRONG_TYPE"),
        (b"1234", "WRONG_TYPE"),
        (7, "WRONG_TYPE"),
        (None, "WRONG_TYPE"),
    ],
)
def test_an_unusable_embedding_is_refused(embedding: Value, expected: str) -> None:
    assert code(lambda: make_command(embedding=embedding)) == expected
    assert code(lambda: EmbeddingVector(values=embedding, model="m")) == expected


def test_the_longest_embedding_is_accepted() -> None:
    command = make_command(embedding=[1.0] * MAX_DIMENSION)

    assert len(command.embedding) == MAX_DIMENSION


@given(number_lists.filter(any))
def test_the_text_of_an_embedding_is_exact_to_the_last_bit(numbers: list[float]) -> None:
    vector = EmbeddingVector(values=numbers, model="m").values

    assert vector == tuple(numbers)
    assert Vector.parse(vector.canonical_text()) == vector


def test_a_truncated_embedding_is_a_unit_vector_again() -> None:
    truncated = EmbeddingVector(values=(3.0, 4.0, 12.0), model="m").truncated(2)

    assert truncated.dimension == 2
    assert truncated.model == "m"
    assert truncated.values == pytest.approx((0.6, 0.8), abs=1e-7)


def test_an_embedding_that_begins_with_zeros_cannot_be_truncated_to_them() -> None:
    embedding = EmbeddingVector(values=(0.0, 4.0), model="m")

    assert code(lambda: embedding.truncated(1)) == "EMBEDDING_UNUSABLE"


def command_of(depth: float) -> CaptureArtifactCommand:
    """Return a command with this reading depth."""
    return make_command(reading_depth=depth)


@pytest.mark.parametrize("depth", [-0.0000001, 1.5000001, nan, inf, -inf, 10**400])
@pytest.mark.parametrize("make", [ReadingDepth, command_of], ids=["value", "command"])
def test_a_depth_out_of_range_is_a_value_error_in_the_words_of_the_hand_off(
    make: Callable[[float], object], depth: float
) -> None:
    with pytest.raises(ValueError, match=r"^reading_depth out of range") as refused:
        make(depth)

    assert isinstance(refused.value, errors.ReadingDepthOutOfRange)


@pytest.mark.parametrize("depth", [0, 0.0, 1, 1.5])
def test_a_depth_in_range_is_stored_as_a_float(depth: float) -> None:
    stored = command_of(depth).reading_depth

    assert type(stored) is float
    assert stored == depth
