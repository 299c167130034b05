"""The lifecycles of spaces, subspaces and algorithm versions."""

from enum import StrEnum

from indelible.kernel import EVERYONE, OWNER, Edge, Lifecycle


class SpaceStatus(StrEnum):
    """The status of a space or a subspace: a retired one takes no captures."""

    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


class AlgorithmStatus(StrEnum):
    """The status of an algorithm version: the active one computes new captures."""

    REGISTERED = "REGISTERED"
    ACTIVE = "ACTIVE"
    REPLACED = "REPLACED"


SPACE = Lifecycle(
    name="space",
    readers=OWNER,
    edges=(
        Edge("", "create", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "rename", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "retire", SpaceStatus.RETIRED, 0),
    ),
    changes={"create": ("name",), "rename": ("name",)},
    initial={},
)
SUBSPACE = Lifecycle(
    name="subspace",
    readers=OWNER,
    edges=(
        Edge("", "create", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "rename", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "seed", SpaceStatus.ACTIVE, 0),
        Edge(SpaceStatus.ACTIVE, "retire", SpaceStatus.RETIRED, 0),
    ),
    changes={
        "create": ("name", "description", "seed"),
        "rename": ("name", "description"),
        "seed": ("seed",),
    },
    initial={},
)
ALGORITHM = Lifecycle(
    name="algorithm",
    readers=EVERYONE,
    edges=(
        Edge("", "register", AlgorithmStatus.REGISTERED, 0),
        Edge(AlgorithmStatus.REGISTERED, "activate", AlgorithmStatus.ACTIVE, 0),
        Edge(AlgorithmStatus.ACTIVE, "replace", AlgorithmStatus.REPLACED, 0),
        Edge(AlgorithmStatus.REPLACED, "activate", AlgorithmStatus.ACTIVE, 0),
    ),
    changes={},
    initial={},
)
