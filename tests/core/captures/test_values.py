"""What a capture may hold, and what is refused with which code."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import floats, lists

from indelible import captures
from indelible.captures import (
    CaptureArtifactCommand,
    EmbeddingVector,
    EngagementLevel,
    ReadingDepth,
    errors,
)
from indelible.captures.entities import MAX_DIMENSION, Vector
from indelible.captures.rules.urls import normalized_url
from indelible.testing.stores import refusal

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEVELS = list(EngagementLevel)


def command(**other: Any) -> CaptureArtifactCommand:  # noqa: ANN401 - whatever a caller may give
    said: dict[str, Any] = {
        "user_id": "maya",
        "space_id": "s-1",
        "url": "https://a.example/",
        "embedding": [1, 0],
        "embedding_model": "m",
    }
    return CaptureArtifactCommand(**(said | other))


def code(make: Callable[[], object]) -> str:
    refused = refusal(make)
    return refused.code if refused else ""


def test_levels_are_in_order_of_rank_and_never_of_letters() -> None:
    assert sorted([*LEVELS[2:], *LEVELS[:2]]) == LEVELS
    assert [each.rank for each in LEVELS] == [0, 1, 2, 3]
    assert max(EngagementLevel.ENGAGED, EngagementLevel.DISCOVERED) is EngagementLevel.ENGAGED
    for lower, higher in pairwise(LEVELS):
        assert lower < higher
        assert lower <= higher
        assert higher > lower
        assert higher >= lower
        assert [higher < lower, higher <= lower, lower > higher, lower >= higher] == [False] * 4


def test_a_text_that_is_no_level_is_not_compared() -> None:
    with pytest.raises(ValueError, match="LATENT"):
        assert EngagementLevel.LATENT < "LATENT"


def test_a_command_is_frozen_hashable_and_takes_any_sequence_of_numbers() -> None:
    made = command(embedding=[1, 0.5])

    assert made.embedding == (1.0, 0.5)
    assert hash(made) == hash(command(embedding=(1.0, 0.5)))
    with pytest.raises(AttributeError):
        made.url = "https://b.example/"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("embedding", "refused"),
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
def test_an_embedding_that_is_none_is_refused(embedding: Any, refused: str) -> None:  # noqa: ANN401 - what is not one, too
    assert code(lambda: command(embedding=embedding)) == refused
    assert code(lambda: EmbeddingVector(values=embedding, model="m")) == refused


def test_the_longest_embedding_is_taken() -> None:
    assert len(command(embedding=[1.0] * MAX_DIMENSION).embedding) == MAX_DIMENSION


@given(
    lists(floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=9).filter(
        any
    )
)
def test_an_embedding_is_written_and_read_to_its_last_bit(values: list[float]) -> None:
    vector = EmbeddingVector(values=values, model="m").values

    assert Vector.parse(vector.canonical_text()) == vector


def test_a_truncated_embedding_is_a_unit_vector_again() -> None:
    vector = EmbeddingVector(values=(3.0, 4.0, 12.0), model="m").truncated(2)

    assert (vector.dimension, vector.model) == (2, "m")
    assert vector.values == pytest.approx((0.6, 0.8), abs=1e-7)
    assert (
        code(lambda: EmbeddingVector(values=(0.0, 4.0), model="m").truncated(1))
        == "EMBEDDING_UNUSABLE"
    )


@pytest.mark.parametrize("depth", [-0.0000001, 1.5000001, nan, inf, -inf, 10**400])
def test_a_depth_out_of_range_is_a_value_error_in_the_words_of_the_hand_off(depth: float) -> None:
    for make in (lambda: command(reading_depth=depth), lambda: ReadingDepth(depth)):
        with pytest.raises(ValueError, match=r"^reading_depth out of range") as refused:
            make()
        assert isinstance(refused.value, errors.ReadingDepthOutOfRange)


@pytest.mark.parametrize("depth", [0, 0.0, 1, 1.5])
def test_a_depth_in_range_is_kept_as_a_float(depth: float) -> None:
    assert type(command(reading_depth=depth).reading_depth) is float


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        ("reading_depth", "0.5", "WRONG_TYPE"),
        ("reading_depth", True, "WRONG_TYPE"),
        ("scroll_depth", 1.0000001, "FRACTION_OUT_OF_RANGE"),
        ("scroll_depth", -0.1, "FRACTION_OUT_OF_RANGE"),
        ("scroll_depth", nan, "FRACTION_OUT_OF_RANGE"),
        ("scroll_depth", "all", "WRONG_TYPE"),
        ("dwell_time_ms", -1, "NUMBER_OUT_OF_RANGE"),
        ("dwell_time_ms", 2**53 + 1, "NUMBER_OUT_OF_RANGE"),
        ("dwell_time_ms", 1.0, "WRONG_TYPE"),
        ("word_count", -1, "NUMBER_OUT_OF_RANGE"),
        ("word_count", True, "WRONG_TYPE"),
        ("engagement_level", "LATENT", "WRONG_TYPE"),
        ("engagement_level", "latent", "WRONG_TYPE"),
        ("content_source", "ai", "WRONG_TYPE"),
        ("title", "x" * 1_001, "TEXT_TOO_LONG"),
        ("content", "x" * 20_001, "TEXT_TOO_LONG"),
        ("content", "a\x00b", "TEXT_UNSTORABLE"),
        ("capture_key", "", "TEXT_BLANK"),
        ("capture_key", "x" * 256, "TEXT_TOO_LONG"),
        ("user_id", "ma ya", "TEXT_HAS_CONTROLS"),
        ("space_id", "", "TEXT_BLANK"),
        ("captured_at", datetime(2026, 1, 1), "INSTANT_OUT_OF_RANGE"),  # noqa: DTZ001 - naive is what is refused
        ("captured_at", "2026-01-01", "WRONG_TYPE"),
    ],
)
def test_a_value_out_of_its_range_is_refused(field: str, value: object, refused: str) -> None:
    assert code(lambda: command(**{field: value})) == refused


def test_a_time_to_come_is_refused_beyond_what_clocks_differ() -> None:
    command(captured_at=NOW + timedelta(minutes=5)).check_time(NOW)
    late = command(captured_at=NOW + timedelta(minutes=5, microseconds=1))

    assert code(lambda: late.check_time(NOW)) == "CAPTURED_IN_FUTURE"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("HTTPS://WWW.Example.ORG:443/a?b=1#c", "https://www.example.org/a?b=1"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://example.org/?utm_source=x&id=1", "https://example.org/?id=1"),
        (
            "https://example.org/?id=1&fbclid=2&GCLID=3&ref=4&&utm_x",
            "https://example.org/?id=1&ref=4",
        ),
        ("https://example.org/?utm_source=x", "https://example.org/"),
        ("https://example.org./A%20b", "https://example.org/A%20b"),
        ("https://example.org/\u00e9?q=\u00e9", "https://example.org/%C3%A9?q=%C3%A9"),
        ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
        ("https://example.org/?b=2&a=1", "https://example.org/?b=2&a=1"),
    ],
)
def test_a_page_has_one_address(url: str, page: str) -> None:
    assert normalized_url(url) == page
    assert normalized_url(page) == page


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https:///path",
        "https://",
        "https://maya:secret@example.org/",
        "https://maya@example.org/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://[::1/",
        "https://[v1.x]/",
        "https://exa mple.org/",
        "https://example.org/\n",
        "https://example.org/\x00",
        "https://example.org/\u202e",
        "https://example.org\\@evil.example/",
        "https://-.example/",
        f"https://{'a' * 64}.example/",
        f"https://example.org/{'a' * 2_000}",
        "https://exam\ud800ple.org/",
        "https://..example.org/",
        "https://faß.de/",  # which browsers do not take for fass.de
        "https://λόγος.example/",
    ],
)
def test_an_address_of_no_page_is_refused(url: str) -> None:
    assert code(lambda: command(url=url)) == "URL_UNUSABLE"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "depth = 1.0",
        captures.SPHERICAL + "\nrate = 0.2",
        captures.SPHERICAL + "\nother = 0.2",
        captures.SPHERICAL.replace("rate = 0.1", "rate = 1"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = '1.0'"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = vector"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = applied ** 2.0"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = -applied"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = pg_sleep(9.0)"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = least(applied)"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = least(*applied)"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = least(a=1.0, b=2.0)"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = (lambda: 1.0)()"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = applied.real"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = 0.1; DROP TABLE signals"),
        captures.SPHERICAL.replace("rate = 0.1", f"rate = {' + '.join(['1.0'] * 40)}"),
        captures.SPHERICAL.replace("rate = 0.1", f"rate = {'(' * 2_000}1.0{')' * 2_000}"),
        captures.SPHERICAL.replace("rate = 0.1", "rate = 1e999"),
        captures.SPHERICAL.replace(
            "vec_unit(vec_lerp(vec_unit(centroid), vec_unit(vector), rate))", "rate"
        ),
        captures.SPHERICAL.replace("vec_dist(centroid, vector)", "vector"),
        captures.SPHERICAL.replace("vec_dist(centroid, vector)", "vec_dist(centroid, 1.0)"),
        captures.SPHERICAL.replace("vec_dist(centroid, vector)", "centroid + vector"),
        captures.SPHERICAL + "#" * 4_000,
        "\x00",
    ],
)
def test_a_text_that_is_no_formulas_is_refused(text: str) -> None:
    assert (
        code(lambda: captures.RegisterAlgorithm(algorithm_id="a", formulas=text))
        == "FORMULA_INVALID"
    )
