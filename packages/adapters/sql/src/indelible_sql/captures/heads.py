"""The mappings between the head tables of captures and their entities."""

from typing import Final

from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace
from indelible_sql.captures.tables import ALGORITHMS, SPACES, SUBSPACES
from indelible_sql.kernel.mappings import HeadMapping

SPACE_HEADS: Final = HeadMapping(table=SPACES, entity=Space)
SUBSPACE_HEADS: Final = HeadMapping(table=SUBSPACES, entity=Subspace)
ALGORITHM_HEADS: Final = HeadMapping(table=ALGORITHMS, entity=AlgorithmVersion)
