"""Commands, signals, settings and algorithm versions with usual values."""

from datetime import UTC, datetime
from typing import Any, Final

from indelible.captures import CaptureArtifactCommand, ContentSource, Decision
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.records import CaptureRequest, Signal
from indelible.captures.entities.values import EngagementLevel
from indelible.captures.entities.vectors import as_float32
from indelible.captures.lifecycle import AlgorithmStatus
from indelible.captures.rules.formulas import SPHERICAL, checksum_of
from indelible.captures.rules.tuning import IngestSettings
from indelible.kernel import Actor, AuditContext
from indelible.testing.stores import CountedIds

Value = Any  # of any field of a command or a signal

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
AUDIT: Final = AuditContext(actor=Actor.user("maya"), reason="a test")
ALGORITHM: Final = AlgorithmVersion(
    id="oscl-1",
    formulas=SPHERICAL,
    checksum=checksum_of(SPHERICAL),
    status=AlgorithmStatus.ACTIVE,
    created_at=NOW,
    updated_at=NOW,
)
SETTINGS: Final = IngestSettings(
    threshold=0.05,
    max_assign_distance=1.0,
    history_distance=0.05,
    history_updates=5,
    depth_tolerance=0.2,
    weights=(0.25, 0.5, 0.75, 1.0),
)


def make_command(**fields: Value) -> CaptureArtifactCommand:
    """Return a command on the page https://a.example/ with these fields."""
    values: dict[str, Any] = {
        "user_id": "maya",
        "space_id": "s-1",
        "url": "https://a.example/",
        "embedding": [1, 0],
        "embedding_model": "m",
    }
    values.update(fields)
    return CaptureArtifactCommand(**values)


def make_request(**fields: Value) -> CaptureRequest:
    """Return the request of such a command."""
    return make_command(**fields).to_request(NOW, CountedIds(), AUDIT)


def make_signal(**fields: Value) -> Signal:
    """Return the first signal of an artifact, which moved no centroid, with these fields."""
    values: dict[str, Any] = {
        "id": "signal-1",
        "capture_key": "key-1",
        "fingerprint": "a" * 64,
        "artifact_id": "artifact-1",
        "artifact_seq": 1,
        "user_id": "maya",
        "space_id": "s-1",
        "url": "https://a.example/",
        "normalized_url": "https://a.example/",
        "title": None,
        "content": None,
        "content_source": ContentSource.WEB,
        "session_id": None,
        "named_subspace_id": None,
        "engagement_level": EngagementLevel.LATENT,
        "reached_level": EngagementLevel.LATENT,
        "reading_depth": 0.0,
        "scroll_depth": 0.0,
        "dwell_time_ms": 0,
        "word_count": 0,
        "vector": as_float32((1.0, 0.0)),
        "embedding_model": "m",
        "captured_at": NOW,
        "recorded_at": NOW,
        "actor": Actor.user("maya"),
        "reason": "a test",
        "request_id": None,
        "algorithm_id": "oscl-1",
        "threshold": 0.05,
        "magnitude": 0.125,
        "subspace_id": None,
        "decision": Decision.NO_CENTROID,
        "nearest_distance": None,
        "second_distance": None,
        "margin": None,
        "applied_seq": None,
        "drift": None,
        "logged_drift": None,
        "centroid_digest": None,
        "warnings": (),
        "hash": "b" * 64,
    }
    values.update(fields)
    return Signal(**values)
