"""The entities and values of captures."""

from indelible.captures.entities.aggregates import (
    AlgorithmVersion,
    Space,
    Subspace,
    SubspaceState,
)
from indelible.captures.entities.records import (
    Artifact,
    CaptureRequest,
    Centroid,
    ReadingFields,
    Signal,
)
from indelible.captures.entities.values import (
    MAX_READING_DEPTH,
    NON_NEGATIVE,
    CaptureWarning,
    ContentSource,
    Decision,
    EngagementLevel,
    ReadingDepth,
    as_number,
    is_fraction,
    is_reading_depth,
)
from indelible.captures.entities.vectors import (
    DIMENSION,
    MAX_DIMENSION,
    VECTOR,
    EmbeddingVector,
    Vector,
    as_embedding,
    as_float32,
)

__all__ = [
    "AlgorithmVersion",
    "Space",
    "Subspace",
    "SubspaceState",
    "Artifact",
    "CaptureRequest",
    "Centroid",
    "ReadingFields",
    "Signal",
    "MAX_READING_DEPTH",
    "NON_NEGATIVE",
    "CaptureWarning",
    "ContentSource",
    "Decision",
    "EngagementLevel",
    "ReadingDepth",
    "as_number",
    "is_fraction",
    "is_reading_depth",
    "DIMENSION",
    "MAX_DIMENSION",
    "VECTOR",
    "EmbeddingVector",
    "Vector",
    "as_embedding",
    "as_float32",
]
