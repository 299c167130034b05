"""The aggregates of captures: spaces, their subspaces, and algorithm versions."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.captures import errors
from indelible.captures.entities.records import Centroid
from indelible.captures.entities.vectors import DIMENSION, Vector, is_embedding
from indelible.captures.lifecycle import (
    ALGORITHM,
    SPACE,
    SUBSPACE,
    AlgorithmStatus,
    SpaceStatus,
)
from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.values import (
    IDENTIFIER,
    LINE,
    TEXT,
    bounded_int,
    instance_of,
    is_digest,
    is_identifier,
    is_text,
    non_blank_line,
    non_blank_text,
)


@frozen(kw_only=True)
class Space(Aggregate):
    """A space of one user, whose captures are all embedded by one model."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SPACE
    fixed: ClassVar[tuple[str, ...]] = ("user_id", "model", "dimension")

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    model: str = field(validator=is_identifier, metadata=IDENTIFIER)
    dimension: int = field(validator=bounded_int, metadata=DIMENSION)
    status: SpaceStatus = field(validator=instance_of(SpaceStatus))

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


@frozen(kw_only=True)
class Subspace(Aggregate):
    """A subject within a space. Captures are assigned to it by the distance from its centroid.

    The centroid begins at the seed, or at the vector of the first capture that names the subspace.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SUBSPACE
    fixed: ClassVar[tuple[str, ...]] = ("user_id", "space_id")

    space_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    description: str = field(validator=is_text, metadata=TEXT)
    seed: Vector | None = field(validator=optional(is_embedding))
    status: SpaceStatus = field(validator=instance_of(SpaceStatus))

    def fixed_fields(self, following: Aggregate) -> tuple[str, ...]:
        """Return the fields that keep their value: the seed too, once it is set."""
        fields = super().fixed_fields(following)
        return fields if self.seed is None else (*fields, "seed")

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


@frozen(kw_only=True)
class AlgorithmVersion(Aggregate):
    """A version of the formulas that captures are computed by."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = ALGORITHM
    fixed: ClassVar[tuple[str, ...]] = ("formulas", "checksum")

    formulas: str = field(validator=non_blank_text, metadata=TEXT)
    checksum: str = field(validator=is_digest)
    status: AlgorithmStatus = field(validator=instance_of(AlgorithmStatus))


@frozen(kw_only=True)
class SubspaceState:
    """A subspace and its centroid, which is None before the first capture moves it."""

    subspace: Subspace
    centroid: Centroid | None
