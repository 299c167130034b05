"""Where a capture belongs, whether it draws a centroid on, and what of that is written down."""

from collections.abc import Sequence
from typing import NamedTuple

from attrs import frozen

from indelible.captures.entities import Decision


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


def placed(
    first: Near | None,
    second: Near | None,
    margin: float | None,
    *,
    named: str | None,
    threshold: float,
    max_assign_distance: float,
) -> Placing:
    """What is decided; `margin` is what the algorithm says of the two distances, where there are two."""
    if first is None or (named is not None and first.subspace_id != named):
        return Placing(decision=Decision.NO_CENTROID, subspace_id=named, updates_centroid=named is not None)
    if second is None or margin is None:
        is_near = first.distance <= max_assign_distance
        return Placing(
            decision=Decision.SINGLE,
            subspace_id=first.subspace_id,
            nearest_distance=first.distance,
            updates_centroid=is_near,
        )
    is_clear = margin > 0 and margin >= threshold  # a tie is never clear, whatever the threshold
    decision = Decision.UPDATED if is_clear else Decision.OVERRIDDEN if margin < 0 else Decision.AMBIGUOUS
    return Placing(
        decision=decision,
        subspace_id=first.subspace_id,
        nearest_distance=first.distance,
        second_distance=second.distance,
        margin=margin,
        updates_centroid=is_clear,
    )
