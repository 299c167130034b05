"""What is kept of a capture, and how artifacts come out of their signals again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from struct import pack
from typing import Any, Final, cast

from attrs import asdict, fields

from indelible.captures.entities import Artifact, Centroid, EngagementLevel, Signal, Vector
from indelible.captures.errors import CaptureKeyReused
from indelible.kernel import digest, instant_text
from indelible.kernel.values import EARLIEST

MICROSECOND: Final = timedelta(microseconds=1)
# What the caller said, which the fingerprint covers; and what was made of it, which the hash covers with it.
_SAID: Final = (
    "user_id space_id url title content session_id named_subspace_id content_source engagement_level reading_depth"
    " scroll_depth dwell_time_ms word_count embedding_model vector captured_at"
)
GIVEN: Final = tuple(_SAID.split(" "))
MADE: Final = tuple(each.name for each in fields(Signal) if each.name not in (*GIVEN, "hash"))


def fingerprint_of(given: Mapping[str, Any]) -> str:
    """The digest of all that the caller said."""
    said = (given[name] for name in GIVEN)
    return digest([each.hex() if isinstance(each, float) else each for each in said])


def check_same(signal: Signal, fingerprint: str) -> None:
    """Refuse another capture under a key that was kept."""
    if signal.fingerprint != fingerprint:
        raise CaptureKeyReused(signal.capture_key)


def hash_of(signal: Mapping[str, Any]) -> str:
    """The digest of a whole signal, as a database makes it too: a text for each column, in order; none has U+001F."""
    return sha256("\x1f".join(_outcome_text(signal[name]) for name in MADE).encode()).hexdigest()


def centroid_digest(centroid: Centroid) -> str:
    """The digest of what a centroid shows beside its place, over the bytes by which PostgreSQL sends such values."""
    vectors = _sent(centroid.vector), _sent(centroid.logged_vector)
    return sha256(
        b"".join((*vectors, pack(">qd", centroid.logged_seq, centroid.confidence)))
    ).hexdigest()


def _sent(vector: Vector) -> bytes:
    header = pack(
        ">iiIii", 1, 0, 700, len(vector), 1
    )  # one dimension, no NULL, float4, so many, from 1
    return header + b"".join(pack(">if", 4, each) for each in vector)


def merge_signal(artifact: Artifact | None, signal: Signal) -> Artifact:
    """The artifact after one more capture: engagement and reading only rise, texts are the latest capture's."""
    stamp = f"{instant_text(signal.captured_at or signal.recorded_at)} {signal.capture_key}"
    kept = asdict(artifact, recurse=False) if artifact else _unread(signal)
    rising = ("engagement_level", "reading_depth", "scroll_depth", "dwell_time_ms", "word_count")
    risen: dict[str, Any] = {name: max(kept[name], getattr(signal, name)) for name in rising}
    for name in ("title", "content"):
        said = getattr(signal, name)
        if said is not None and stamp > kept[f"{name}_stamp"]:
            risen |= {name: said, f"{name}_stamp": stamp}
    if stamp > kept["stamp"]:
        risen |= {"vector": signal.vector, "content_source": signal.content_source, "stamp": stamp}
    risen |= {"seq": signal.artifact_seq, "hash": signal.hash, "updated_at": signal.recorded_at}
    return Artifact(**(kept | risen))


def _unread(signal: Signal) -> dict[str, Any]:
    same = {each.name: getattr(signal, each.name, None) for each in fields(Artifact)}
    stamps = dict.fromkeys(("stamp", "title_stamp", "content_stamp"), "")
    return (
        same
        | stamps
        | {
            "id": signal.artifact_id,
            "title": None,
            "content": None,
            "created_at": signal.recorded_at,
        }
    )


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
