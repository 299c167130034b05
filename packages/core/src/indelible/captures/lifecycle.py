"""What may happen to a space, a subspace, an algorithm version."""

from enum import StrEnum

from indelible.kernel import Edge, Lifecycle


class SpaceStatus(StrEnum):
    """Whether a space or a subspace still takes captures."""

    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


class AlgorithmStatus(StrEnum):
    """Whether new captures are computed by this version."""

    REGISTERED = "REGISTERED"
    ACTIVE = "ACTIVE"
    REPLACED = "REPLACED"


SPACE = Lifecycle(
    name="space",
    edges=(
        Edge("", "create", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "rename", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "retire", SpaceStatus.RETIRED, 0),
    ),
)
SUBSPACE = Lifecycle(
    name="subspace",
    edges=(
        Edge("", "create", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "rename", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "seed", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "retire", SpaceStatus.RETIRED, 0),
    ),
)
ALGORITHM = Lifecycle(
    name="algorithm",
    edges=(
        Edge("", "register", AlgorithmStatus.REGISTERED, 0),
        Edge(AlgorithmStatus.REGISTERED, "activate", AlgorithmStatus.ACTIVE, 0),
        Edge(AlgorithmStatus.ACTIVE, "replace", AlgorithmStatus.REPLACED, 0),
        Edge(AlgorithmStatus.REPLACED, "activate", AlgorithmStatus.ACTIVE, 0),
    ),
)
