"""Illegal writes to captures: artifacts, centroids and signals."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Table, delete, update
from tests.guards.attack_parts import Kind, Write, further_step
from tests.guards.capture_rows import CaptureRows, capture_writes, insert_signal
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import raw
from tests.guards.writes import DAY, Row, step_writes

from indelible.captures import EngagementLevel
from indelible_sql.captures.tables import ARTIFACTS, CENTROIDS, RISING, SIGNALS, SUBSPACES


def _artifact_write(rows: CaptureRows) -> Statement:
    """Return the write of the capture's artifact alone."""
    artifact, _, _ = capture_writes(rows)
    return artifact


def _centroid_write(rows: CaptureRows) -> Statement:
    """Return the write of the capture's centroid alone."""
    _, centroid, _ = capture_writes(rows)
    return centroid


def _falling_values() -> Iterator[tuple[str, Write]]:
    """Yield a second visit for each column of artifacts that must not fall, with a lower value."""
    for name in RISING:
        yield f"artifacts: a lower {name}", _second_visit_with(name, raw("0"))
    for name in ("stamp", "title_stamp", "content_stamp"):
        yield f"artifacts: a lower {name}", _second_visit_with(name, "2000")


def _second_visit_with(name: str, value: object) -> Write:
    return lambda s: capture_writes(s.captures.second_visit, artifact={name: value})


def _step_without_signal(head: Table, row: Row) -> Statement:
    """Return an update of a derived head to its next seq."""
    columns = {"seq": raw("seq + 1"), "updated_at": row["updated_at"] + DAY}
    return update(head).where(head.c.id == row["id"]).values(columns)


LEGAL_ON_CAPTURES: Kind = {
    "a page is captured again": lambda s: capture_writes(s.captures.second_visit),
    "a page is captured for the first time": lambda s: capture_writes(s.captures.first_visit),
}

# What SQLite accepts with foreign keys off.
WITHOUT_SIGNAL: Kind = {
    "an artifact that moves without its signal": lambda s: (
        _artifact_write(s.captures.second_visit),
    ),
    "a centroid that moves without its signal": lambda s: (
        _centroid_write(s.captures.second_visit),
    ),
    "an artifact that is created without its signal": lambda s: (
        _artifact_write(s.captures.first_visit),
    ),
    "a centroid that is created without its signal": lambda s: (
        _centroid_write(s.captures.first_visit),
    ),
}
ON_CAPTURES: Mapping[str, Kind] = {
    "a capture undone": {
        **dict(_falling_values()),
        "an engagement, updated": lambda _: (update(ARTIFACTS).values(engagement_level=raw("0")),),
        "an engagement above that of its signal": lambda s: capture_writes(
            s.captures.second_visit, artifact={"engagement_level": EngagementLevel.SATURATED}
        ),
        "an artifact that is deleted": lambda s: (
            delete(ARTIFACTS).where(ARTIFACTS.c.id == s.captures.artifact_id),
        ),
        "a confidence, updated": lambda _: (update(CENTROIDS).values(confidence=1.0),),
    },
    "a signal that its heads do not show": {
        "a signal alone": lambda s: (insert_signal(s.captures.second_visit),),
        "a signal of another seq": lambda s: capture_writes(
            s.captures.second_visit, artifact_seq=9
        ),
        "an update of another seq": lambda s: capture_writes(
            s.captures.second_visit, applied_seq=9
        ),
        "an update that its centroid does not show": lambda s: (
            _artifact_write(s.captures.second_visit),
            insert_signal(s.captures.second_visit),
        ),
        "a signal with another hash": lambda s: capture_writes(
            s.captures.second_visit, hash="c" * 64
        ),
        "a signal at another time": lambda s: capture_writes(
            s.captures.second_visit, recorded_at=s.steps["spaces"].change.at
        ),
        "a stored capture key": lambda s: capture_writes(
            s.captures.second_visit, capture_key="k-1"
        ),
        "a signal, added twice": lambda s: (
            *capture_writes(s.captures.second_visit),
            insert_signal(s.captures.second_visit),
        ),
        "a signal by no algorithm": lambda s: capture_writes(
            s.captures.second_visit, algorithm_id="nobody"
        ),
        "a signal of no space": lambda s: capture_writes(
            s.captures.second_visit, space_id="nowhere"
        ),
        "a signal of another user": lambda s: capture_writes(
            s.captures.second_visit, user_id="noor"
        ),
        "a signal of no subspace": lambda s: capture_writes(
            s.captures.second_visit, subspace_id="nowhere"
        ),
        "a signal of no artifact": lambda s: capture_writes(
            s.captures.second_visit, artifact_id="nowhere"
        ),
    },
    "a signal rewritten": {
        "a signal with another margin": lambda _: (update(SIGNALS).values(margin=1.0),),
        "a signal with another vector": lambda s: (
            update(SIGNALS).values(vector=s.captures.first_visit.signal["vector"]),
        ),
        "a new signal that is deleted": lambda s: (
            *capture_writes(s.captures.second_visit),
            delete(SIGNALS).where(SIGNALS.c.id == s.captures.second_visit.signal["id"]),
        ),
    },
    "a derived head created twice, or moved without its signal": {
        "two captures with one signal, of an artifact": lambda s: (
            _artifact_write(s.captures.second_visit),
            _step_without_signal(ARTIFACTS, s.captures.second_visit.artifact),
        ),
        "two captures with one signal, of a centroid": lambda s: (
            _centroid_write(s.captures.second_visit),
            _step_without_signal(CENTROIDS, s.captures.second_visit.centroid),
        ),
        "an artifact that is created twice": lambda s: (
            *capture_writes(s.captures.first_visit),
            _artifact_write(s.captures.first_visit),
        ),
        "a centroid that is created twice": lambda s: (
            *capture_writes(s.captures.first_visit),
            _centroid_write(s.captures.first_visit),
        ),
    },
    "a rule of captures broken": {
        "an artifact of another page": lambda s: capture_writes(
            s.captures.second_visit, artifact={"normalized_url": "https://example.org/elsewhere"}
        ),
        "a centroid of another space": lambda s: capture_writes(
            s.captures.second_visit, centroid={"space_id": "other"}
        ),
        "a second page of one address": lambda s: capture_writes(
            s.captures.first_visit,
            artifact={"normalized_url": s.captures.second_visit.artifact["normalized_url"]},
        ),
        "a subspace of another user than its space": lambda s: step_writes(
            s.births["subspaces"], user_id="eve"
        ),
        "a seed after the first capture": lambda s: (
            update(SUBSPACES)
            .where(SUBSPACES.c.id == s.captures.subspace_id)
            .values(
                seed=s.captures.first_visit.signal["vector"],
                seq=raw("seq + 1"),
                updated_at=s.steps["subspaces"].change.at,
            ),
        ),
        "a second active algorithm": lambda s: (
            *step_writes(s.births["algorithms"]),
            *further_step(s.births["algorithms"].change, action="activate", to_state="ACTIVE"),
        ),
    },
}
