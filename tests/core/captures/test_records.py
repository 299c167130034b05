"""A signal's digests cover every field, and an artifact is the same for every order of signals."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve, fields
from tests.core.captures.builders import AUDIT, NOW, make_command, make_request, make_signal

from indelible.captures.entities.records import Artifact, Centroid, Signal
from indelible.captures.entities.values import ContentSource, Decision, EngagementLevel
from indelible.captures.entities.vectors import as_float32
from indelible.captures.rules.records import (
    CLIENT_FIELDS,
    HASHED_FIELDS,
    centroid_digest,
    fingerprint_of,
    hash_of,
    merge_signal,
)
from indelible.kernel import Actor, TimeOrderedIds
from indelible.kernel.values import field_values

SECOND = timedelta(seconds=1)
CENTROID = Centroid(
    id="part-1",
    seq=2,
    hash="",
    space_id="s-1",
    vector=as_float32((0.6, 0.8)),
    logged_vector=as_float32((1.0, 0.0)),
    logged_seq=1,
    confidence=0.1,
    created_at=NOW,
    updated_at=NOW,
)
OTHER_CLIENT_VALUES: dict[str, Any] = {
    "user_id": "noor",
    "space_id": "s-2",
    "url": "https://b.example/",
    "title": "another",
    "content": "another",
    "session_id": "session-2",
    "named_subspace_id": "part-2",
    "content_source": ContentSource.PDF,
    "engagement_level": EngagementLevel.ENGAGED,
    "reading_depth": 0.5,
    "scroll_depth": 0.5,
    "dwell_time_ms": 2,
    "word_count": 2,
    "embedding_model": "another",
    "vector": as_float32((0.0, 1.0)),
    "captured_at": NOW + SECOND,
}
OTHER_HASHED_VALUES: dict[str, Any] = {
    "id": "signal-2",
    "capture_key": "key-2",
    "fingerprint": "c" * 64,
    "artifact_id": "artifact-2",
    "artifact_seq": 2,
    "normalized_url": "https://b.example/",
    "recorded_at": NOW + SECOND,
    "actor": Actor.user("noor"),
    "reason": "another",
    "request_id": "request-2",
    "algorithm_id": "oscl-2",
    "threshold": 0.5,
    "magnitude": 0.5,
    "subspace_id": "part-2",
    "decision": Decision.UPDATED,
    "nearest_distance": 0.5,
    "second_distance": 0.5,
    "margin": 0.5,
    "applied_seq": 2,
    "drift": 0.5,
    "logged_drift": 0.5,
    "centroid_digest": "d" * 64,
    "reached_level": EngagementLevel.ENGAGED,
    "warnings": ("SUBSPACE_GONE",),
}
# Three captures of one page. Each is the greatest in one measure, and the second one is the latest.
SIGNALS = (
    make_signal(
        id="signal-1",
        capture_key="key-1",
        captured_at=NOW,
        title="first",
        content="first",
        engagement_level=EngagementLevel.SATURATED,
        dwell_time_ms=3,
    ),
    make_signal(
        id="signal-2",
        capture_key="key-2",
        captured_at=NOW + 2 * SECOND,
        content="latest",
        vector=as_float32((0.0, 1.0)),
        reading_depth=1.5,
        word_count=3,
    ),
    make_signal(
        id="signal-3",
        capture_key="key-3",
        captured_at=NOW + SECOND,
        title="second",
        content="second",
        scroll_depth=1.0,
    ),
)


def merged(*signals: Signal) -> Artifact:
    """Return the artifact after the signals in this order."""
    first, *others = signals
    artifact = merge_signal(None, first)
    for signal in others:
        artifact = merge_signal(artifact, signal)

    return artifact


def test_the_fingerprint_and_the_key_of_a_stored_capture_never_change() -> None:
    command = make_command(embedding=(1, 0.5), title="T", reading_depth=0.25, captured_at=NOW)
    request = command.to_request(NOW, TimeOrderedIds(), AUDIT)

    assert request.fingerprint == (
        "05e78be1f1bbad114ea646d52a4357a73ab6b43fbf998ed552b191856f8a6d71"
    )
    assert request.capture_key == (
        "6fad9e7520febeca90f00a93d4ea3d5bd4c57c00508a249a39b50c6b28723929"
    )


def test_the_digests_cover_every_field_of_a_signal() -> None:
    names = {field.name for field in fields(Signal)}

    assert {*CLIENT_FIELDS, *HASHED_FIELDS, "hash"} == names
    assert tuple(OTHER_CLIENT_VALUES) == CLIENT_FIELDS
    assert tuple(OTHER_HASHED_VALUES) == HASHED_FIELDS


@pytest.mark.parametrize("name", CLIENT_FIELDS)
def test_another_value_from_the_client_changes_the_fingerprint(name: str) -> None:
    values = field_values(make_request(captured_at=NOW))
    changed = {**values, name: OTHER_CLIENT_VALUES[name]}

    assert fingerprint_of(changed) != fingerprint_of(values)


@pytest.mark.parametrize("name", HASHED_FIELDS)
def test_another_value_of_a_signal_changes_its_hash(name: str) -> None:
    values = field_values(make_signal())
    changed = {**values, name: OTHER_HASHED_VALUES[name]}

    assert hash_of(changed) != hash_of(values)


@pytest.mark.parametrize(
    "other",
    [
        {"vector": as_float32((0.8, 0.6))},
        {"logged_vector": as_float32((0.0, 1.0))},
        {"logged_seq": 2},
        {"confidence": 0.2},
    ],
    ids=["vector", "logged_vector", "logged_seq", "confidence"],
)
def test_another_value_of_a_centroid_changes_its_digest(other: dict[str, Any]) -> None:
    assert centroid_digest(evolve(CENTROID, **other)) != centroid_digest(CENTROID)


@pytest.mark.parametrize("signals", list(permutations(SIGNALS)))
def test_an_artifact_is_the_same_for_every_order_of_its_signals(
    signals: tuple[Signal, ...],
) -> None:
    assert merged(*signals) == merged(*SIGNALS)


def test_of_two_captures_at_the_same_time_the_greater_key_is_the_later_one() -> None:
    lower = make_signal(capture_key="a", title="lower")
    greater = make_signal(capture_key="b", title="greater")

    assert merged(lower, greater).title == "greater"
    assert merged(greater, lower).title == "greater"


def test_a_capture_without_a_time_is_ordered_by_the_time_of_its_record() -> None:
    with_time = make_signal(capture_key="b", captured_at=NOW, title="old")
    without_time = make_signal(
        capture_key="a", captured_at=None, recorded_at=NOW + SECOND, title="new"
    )

    assert merged(without_time, with_time).title == "new"
