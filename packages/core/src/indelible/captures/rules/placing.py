"""Assign a capture to a subspace by its distances, and find the warnings about it."""

from attrs import frozen

from indelible.captures.entities.records import CaptureRequest
from indelible.captures.entities.values import CaptureWarning, Decision
from indelible.captures.rules.evaluation import NearestCentroid, Score
from indelible.captures.rules.tuning import IngestSettings


@frozen(kw_only=True)
class MarginResult:
    """The subspace that a capture is assigned to, and the distances that decided it."""

    decision: Decision
    nearest_subspace_id: str | None
    nearest_distance: float | None = None
    second_distance: float | None = None
    margin: float | None = None
    updates_centroid: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """Return True if the capture moves no centroid."""
        return not self.updates_centroid


def choose_subspace(
    nearest: NearestCentroid | None, named_subspace_id: str | None, settings: IngestSettings
) -> MarginResult:
    """Assign a capture to the nearest centroid, or to the subspace that it names."""
    if nearest is None:
        # A named subspace without a centroid begins with this capture.
        return MarginResult(
            decision=Decision.NO_CENTROID,
            nearest_subspace_id=named_subspace_id,
            updates_centroid=named_subspace_id is not None,
        )
    if nearest.margin is None:
        return MarginResult(
            decision=Decision.SINGLE,
            nearest_subspace_id=nearest.subspace_id,
            nearest_distance=nearest.distance,
            updates_centroid=nearest.distance <= settings.max_assign_distance,
        )
    return MarginResult(
        decision=_decide_by_margin(nearest.margin, settings.threshold),
        nearest_subspace_id=nearest.subspace_id,
        nearest_distance=nearest.distance,
        second_distance=nearest.second_distance,
        margin=nearest.margin,
        updates_centroid=is_clear(nearest.margin, settings.threshold),
    )


def is_clear(margin: float, threshold: float) -> bool:
    """Return whether a capture of this margin moves its centroid; a tie never does."""
    return margin > 0 and margin >= threshold


def find_warnings(
    capture: CaptureRequest, score: Score, settings: IngestSettings, *, is_named_gone: bool
) -> tuple[str, ...]:
    """Return the warnings about a capture.

    `is_named_gone`: the capture names a subspace that takes no captures of this space.
    """
    warnings: list[str] = []
    if is_named_gone:
        warnings.append(CaptureWarning.SUBSPACE_GONE.value)
    if score.expected_depth is not None:
        difference = abs(score.expected_depth - capture.reading_depth)
        if difference > settings.depth_tolerance:
            warnings.append(CaptureWarning.DEPTH_MISMATCH.value)
    return tuple(warnings)


def _decide_by_margin(margin: float, threshold: float) -> Decision:
    if is_clear(margin, threshold):
        return Decision.UPDATED
    if margin < 0:
        return Decision.OVERRIDDEN
    return Decision.AMBIGUOUS
