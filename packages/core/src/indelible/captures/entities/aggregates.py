"""The aggregates of captures: spaces, their subspaces, and algorithm versions."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from attrs import frozen

from indelible.captures import errors
from indelible.captures.entities.records import Centroid
from indelible.captures.entities.vectors import Dimension, Embedding, Vector
from indelible.captures.lifecycle import (
    ALGORITHM,
    SPACE,
    SUBSPACE,
    AlgorithmStatus,
    SpaceStatus,
)
from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Present
from indelible.kernel.conditions import AnyCondition, FixedIf
from indelible.kernel.kinds import Digest, Identifier, Label, NonBlankText, Text, kinds


@frozen(kw_only=True, field_transformer=kinds)
class Space(Aggregate):
    """A space of one user, whose captures are all embedded by one model."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SPACE
    missing_error = errors.SpaceNotFound
    fixed: ClassVar[tuple[str, ...]] = ("user_id", "model", "dimension")

    user_id: Identifier
    name: Label
    model: Identifier
    dimension: Dimension
    status: SpaceStatus

    def require_owner(self, user_id: str) -> Self:
        """Return the space, or raise SpaceNotFound where it is another user's."""
        if self.user_id != user_id:
            raise errors.SpaceNotFound(self.id)
        return self

    def require_active(self) -> Self:
        """Return the space, or raise SpaceRetired."""
        if not SPACE.allowed(self.status):
            raise errors.SpaceRetired(self.id)
        return self

    def require_model(self, model: str, dimension: int) -> Self:
        """Return the space, or raise EmbeddingOfOtherModel."""
        if (self.model, self.dimension) != (model, dimension):
            raise errors.EmbeddingOfOtherModel(self.model, self.dimension)
        return self


@frozen(kw_only=True, field_transformer=kinds)
class Subspace(Aggregate):
    """A subject within a space. Captures are assigned to it by the distance from its centroid.

    The centroid begins at the seed, or at the vector of the first capture that names the subspace.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SUBSPACE
    missing_error = errors.SubspaceNotFound
    fixed: ClassVar[tuple[str, ...]] = ("user_id", "space_id")
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        FixedIf("seeded_once", Present("seed"), ("seed",), are_set=True),
    )

    space_id: Identifier
    user_id: Identifier
    name: Label
    description: Text
    seed: Embedding | None
    status: SpaceStatus

    def seeded(self, seed: Vector, centroid: Centroid | None, *, now: datetime) -> Self:
        """Return the subspace with its first centroid, or raise CentroidExists."""
        if self.seed is not None or centroid is not None:
            raise errors.CentroidExists(self.id)
        return self.transition("seed", now=now, seed=seed)

    def reference_vector(self, centroid: Centroid | None) -> Vector | None:
        """Return the centroid's vector, or the seed, or None where there is neither."""
        return self.seed if centroid is None else centroid.vector

    def accepts(self, space_id: str) -> bool:
        """Return whether captures of the space may be assigned to this subspace."""
        return self.space_id == space_id and bool(SUBSPACE.allowed(self.status))

    def require_owner(self, user_id: str) -> Self:
        """Return the subspace, or raise SubspaceNotFound where it is another user's."""
        if self.user_id != user_id:
            raise errors.SubspaceNotFound(self.id)
        return self


@frozen(kw_only=True, field_transformer=kinds)
class AlgorithmVersion(Aggregate):
    """A version of the formulas that captures are computed by."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = ALGORITHM
    missing_error = errors.AlgorithmNotFound
    fixed: ClassVar[tuple[str, ...]] = ("formulas", "checksum")

    formulas: NonBlankText
    checksum: Digest
    status: AlgorithmStatus


@frozen(kw_only=True)
class SubspaceState:
    """A subspace and its centroid, which is None before the first capture moves it."""

    subspace: Subspace
    centroid: Centroid | None
