"""Where a capture belongs, whether it draws a centroid on, and what of that is written down."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from attrs import evolve, frozen

from indelible.captures.entities import Decision
from indelible.captures.rules.tuning import Tuning


class Near(NamedTuple):
    """A subspace, and how far its centroid is."""

    subspace_id: str
    distance: float


@frozen(kw_only=True)
class Placing:
    """Where a capture belongs, and why."""

    decision: Decision
    subspace_id: str | None
    nearest_distance: float | None = None
    second_distance: float | None = None
    margin: float | None = None
    updates_centroid: bool = False


def nearest_two(found: Sequence[Near], named: str | None) -> tuple[Near | None, Near | None]:
    """The nearest and the next, of equals the one with the lower id; beside a named one, the nearest of the others."""
    ordered = sorted(found, key=lambda near: (near.distance, near.subspace_id))
    if named is not None:
        own = [near for near in ordered if near.subspace_id == named]
        ordered = own + [near for near in ordered if near.subspace_id != named]
    first, second, *_ = (*ordered, None, None)
    return first, second


def placed(first: Near | None, second: Near | None, margin: float | None, named: str | None, tuning: Tuning) -> Placing:
    """What is decided; `margin` is what the algorithm says of the two distances, where there are two."""
    if first is None or (named is not None and first.subspace_id != named):
        return Placing(decision=Decision.NO_CENTROID, subspace_id=named, updates_centroid=named is not None)
    place = Placing(decision=Decision.SINGLE, subspace_id=first.subspace_id, nearest_distance=first.distance)
    if second is None or margin is None:
        return evolve(place, updates_centroid=first.distance <= tuning.max_assign_distance)
    draws = is_clear(margin, tuning.threshold)
    decision = Decision.UPDATED if draws else Decision.OVERRIDDEN if margin < 0 else Decision.AMBIGUOUS
    return evolve(place, decision=decision, second_distance=second.distance, margin=margin, updates_centroid=draws)


def is_clear(margin: float, threshold: float) -> bool:
    """Whether a capture of this margin draws its centroid on; a tie never does, whatever the threshold."""
    return margin > 0 and margin >= threshold


@frozen(kw_only=True)
class MarginResult:
    """What a capture's place would be now."""

    nearest_subspace_id: str | None
    nearest_distance: float | None
    second_distance: float | None
    margin: float | None
    updates_centroid: bool

    @property
    def is_ambiguous(self) -> bool:
        """Whether a capture here would draw no centroid on."""
        return not self.updates_centroid

    @classmethod
    def of(cls, place: Placing) -> Self:
        """What is said of a place."""
        return cls(
            nearest_subspace_id=place.subspace_id,
            nearest_distance=place.nearest_distance,
            second_distance=place.second_distance,
            margin=place.margin,
            updates_centroid=place.updates_centroid,
        )
