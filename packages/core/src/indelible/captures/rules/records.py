"""What is kept of a capture, and how artifacts come out of their signals again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from struct import pack
from typing import Any, Final, cast

from attrs import evolve, fields

from indelible.captures.entities import (
    AlgorithmVersion,
    Artifact,
    CaptureWarning,
    EngagementLevel,
    Setting,
    Signal,
    Space,
    Subspace,
    packed,
)
from indelible.captures.errors import CaptureKeyReused
from indelible.kernel import Data, digest, instant_text
from indelible.kernel.values import EARLIEST

MICROSECOND: Final = timedelta(microseconds=1)
# What the caller said, which the fingerprint covers; and what was made of it, which the hash covers with it.
_SAID: Final = (
    "user_id space_id url title content session_id named_subspace_id content_source engagement_level reading_depth"
    " scroll_depth dwell_time_ms word_count embedding_model vector captured_at"
)
GIVEN: Final = tuple(each.name for each in fields(Signal) if each.name in _SAID.split(" "))
MADE: Final = tuple(each.name for each in fields(Signal) if each.name not in (*GIVEN, "hash"))


def fingerprint_of(given: Mapping[str, Any]) -> str:
    """The digest of all that the caller said."""
    return digest([_text(given[name]) for name in GIVEN])


def check_same(signal: Signal, fingerprint: str) -> None:
    """Refuse another capture under a key that was kept."""
    if signal.fingerprint != fingerprint:
        raise CaptureKeyReused(signal.capture_key)


def stamp_of(captured_at: datetime | None, recorded_at: datetime, key: str) -> str:
    """What orders an artifact's captures, whenever they arrive: their own time, and then their key."""
    return f"{instant_text(captured_at or recorded_at)} {key}"


def hash_of(signal: Mapping[str, Any]) -> str:
    """The digest of a whole signal, as a database makes it too: a text for each column, in order; none has U+001F."""
    return sha256("\x1f".join(_outcome_text(signal[name]) for name in MADE).encode()).hexdigest()


def centroid_digest(vector: Sequence[float]) -> str:
    """The digest of a centroid, over the bytes by which PostgreSQL sends an array of 32-bit floats."""
    header = pack(">iiIii", 1, 0, 700, len(vector), 1)  # one dimension, no NULL, float4, so many, from 1
    return sha256(header + b"".join(pack(">if", 4, each) for each in vector)).hexdigest()


def joined(artifact: Artifact | None, signal: Signal, stamp: str) -> Artifact:
    """The artifact after one more capture: engagement and reading only rise, texts are the latest capture's."""
    base = artifact or _blank(signal)
    is_latest = stamp > base.stamp
    joined_values: dict[str, Any] = {
        name: max(getattr(base, name), getattr(signal, name))
        for name in ("engagement_level", "reading_depth", "scroll_depth", "dwell_time_ms", "word_count")
    }
    for name in ("title", "content"):
        said = getattr(signal, name)
        if said is not None and stamp > getattr(base, f"{name}_stamp"):
            joined_values |= {name: said, f"{name}_stamp": stamp}
    if is_latest:
        joined_values |= {"vector": signal.vector, "content_source": signal.content_source, "stamp": stamp}
    joined_values |= {"seq": signal.artifact_seq, "hash": signal.hash, "updated_at": signal.recorded_at}
    return evolve(base, **joined_values)


def _blank(signal: Signal) -> Artifact:
    return Artifact(
        id=signal.artifact_id,
        seq=0,
        hash="",
        user_id=signal.user_id,
        space_id=signal.space_id,
        normalized_url=signal.normalized_url,
        title=None,
        title_stamp="",
        content=None,
        content_stamp="",
        engagement_level=EngagementLevel.LATENT,
        reading_depth=0.0,
        scroll_depth=0.0,
        dwell_time_ms=0,
        word_count=0,
        vector=signal.vector,
        content_source=signal.content_source,
        stamp="",
        created_at=signal.recorded_at,
        updated_at=signal.recorded_at,
    )


def warnings_of(*, is_mismatch: bool, is_gone: bool) -> tuple[str, ...]:
    """The remarks on a capture."""
    found = ((CaptureWarning.DEPTH_MISMATCH, is_mismatch), (CaptureWarning.SUBSPACE_GONE, is_gone))
    return tuple(str(warning) for warning, holds in found if holds)


def record_of(entity: Space | Subspace | AlgorithmVersion | Setting) -> Data:
    """What a change keeps of an entity beside its place and its times: every field that its head holds."""
    beside = ("id", "status", "created_at", "updated_at")
    return {each.name: getattr(entity, each.name) for each in fields(type(entity)) if each.name not in beside}


def _text(value: object) -> object:
    if isinstance(value, float):
        return value.hex()
    return packed(cast("tuple[float, ...]", value)).hex() if isinstance(value, tuple) else value


def _outcome_text(value: object) -> str:
    if isinstance(value, float):
        return pack(">d", value).hex()
    if isinstance(value, EngagementLevel):
        return str(value.rank)
    if isinstance(value, datetime):
        return str((value - EARLIEST) // MICROSECOND)
    if isinstance(value, tuple):
        return ",".join(map(str, cast("tuple[str, ...]", value)))
    return "" if value is None else str(value)
