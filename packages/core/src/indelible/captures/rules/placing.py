"""Where a capture belongs, whether it draws a centroid on, and how much it counts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from attrs import evolve, frozen

from indelible.captures.entities import CaptureWarning, Decision
from indelible.captures.rules.tuning import IngestSettings

Compute = Callable[..., Any]


class Candidate(NamedTuple):
    """A subspace, and how far its centroid is."""

    subspace_id: str
    distance: float


@frozen(kw_only=True)
class MarginResult:
    """Where a capture belongs, and why; a subspace that was named stands before any that is nearer."""

    decision: Decision
    nearest_subspace_id: str | None
    nearest_distance: float | None = None
    second_distance: float | None = None
    margin: float | None = None
    updates_centroid: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """Whether a capture here would draw no centroid on."""
        return not self.updates_centroid


def choose_subspace(
    found: Iterable[Candidate], named: str | None, tuning: IngestSettings, compute: Compute
) -> MarginResult:
    """What is decided by the nearest centroid and the next; of equals the one with the lower id is nearer."""
    ordered = sorted(
        found, key=lambda near: (near.subspace_id != named, near.distance, near.subspace_id)
    )
    nearest: list[Candidate | None] = [*ordered, None, None]
    first, second = nearest[:2]
    if first is None or (named is not None and first.subspace_id != named):
        return MarginResult(
            decision=Decision.NO_CENTROID,
            nearest_subspace_id=named,
            updates_centroid=named is not None,
        )
    place = MarginResult(
        decision=Decision.SINGLE,
        nearest_subspace_id=first.subspace_id,
        nearest_distance=first.distance,
        updates_centroid=first.distance <= tuning.max_assign_distance,
    )
    if second is None:
        return place
    margin = compute("margin", nearest=first.distance, second=second.distance)
    draws = is_clear(margin, tuning.threshold)
    decision = (
        Decision.UPDATED if draws else Decision.OVERRIDDEN if margin < 0 else Decision.AMBIGUOUS
    )
    return evolve(
        place,
        decision=decision,
        second_distance=second.distance,
        margin=margin,
        updates_centroid=draws,
    )


def is_clear(margin: float, threshold: float) -> bool:
    """Whether a capture of this margin draws its centroid on; a tie never does, whatever the threshold."""
    return margin > 0 and margin >= threshold


def score_capture(
    said: Mapping[str, Any], tuning: IngestSettings, compute: Compute, *, is_gone: bool
) -> dict[str, Any]:
    """How much a capture counts, and what is odd about it; `is_gone` where it names a part that takes nothing."""
    warnings = [CaptureWarning.SUBSPACE_GONE] if is_gone else []
    if said["word_count"]:
        sizes = {"words": float(said["word_count"]), "dwell": float(said["dwell_time_ms"])}
        depth = compute("depth", scroll=said["scroll_depth"], **sizes)
        if abs(depth - said["reading_depth"]) > tuning.depth_tolerance:
            warnings.append(CaptureWarning.DEPTH_MISMATCH)
    weight = tuning.weight(said["engagement_level"])
    magnitude = compute("magnitude", weight=weight, depth=said["reading_depth"])
    return {"magnitude": magnitude, "warnings": tuple(map(str, warnings))}
