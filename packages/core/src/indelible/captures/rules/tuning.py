"""The settings of captures: their ranges and their defaults."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from math import isfinite
from typing import Any, Final

from attrs import frozen

from indelible.captures.entities.values import EngagementLevel
from indelible.captures.entities.vectors import MAX_DIMENSION
from indelible.captures.errors import SettingInvalid
from indelible.kernel.settings import Config, ConfigKey, SettingNotFound

MAX_DISTANCE: Final = 2.0  # a cosine distance
MAX_COUNT: Final = 1_000_000
MAX_MODEL_LENGTH: Final = 200


def _as_number(value: Any) -> float:  # noqa: ANN401 - whatever JSON holds
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number:
        raise ValueError("not a number")

    try:
        number = float(value)
    except OverflowError:
        raise ValueError("too large") from None
    if not isfinite(number):
        raise ValueError("not a finite number")
    return number


def parse_distance(text: str) -> float:
    """Parse a cosine distance from JSON, or raise ValueError."""
    number = _as_number(json.loads(text))
    if not 0 <= number <= MAX_DISTANCE:
        raise ValueError(f"not between 0 and {MAX_DISTANCE}")
    return number


def parse_count(text: str, maximum: int) -> int:
    """Parse a positive integer from JSON, or raise ValueError."""
    number = json.loads(text)
    is_integer = isinstance(number, int) and not isinstance(number, bool)
    if not is_integer or not 1 <= number <= maximum:
        raise ValueError(f"not a whole number from 1 to {maximum}")
    return int(number)


def parse_model(text: str) -> str:
    """Parse the name of an embedding model from JSON, or raise ValueError."""
    name = json.loads(text)
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_MODEL_LENGTH:
        raise ValueError("not the name of a model")
    if not name.isprintable() or " " in name:
        raise ValueError("not the name of a model")
    return name


def parse_weights(text: str) -> tuple[float, ...]:
    """Parse one weight for each engagement level from JSON, or raise ValueError."""
    weights = tuple(_as_number(value) for value in json.loads(text))
    if len(weights) != len(EngagementLevel):
        raise ValueError("not four rising numbers from 0 to 1")
    is_rising = all(lower <= higher for lower, higher in pairwise(weights))
    if not is_rising or weights[0] < 0 or weights[-1] > 1:
        raise ValueError("not four rising numbers from 0 to 1")
    return weights


_parse_any_count: Callable[[str], int] = partial(parse_count, maximum=MAX_COUNT)

# Every setting that an ingest reads, by its name in IngestSettings. Each has a default, so that a
# capture never fails because the settings cannot be read.
INGEST_KEYS: Final[Mapping[str, ConfigKey[Any]]] = {
    "threshold": ConfigKey("assignment_margin_threshold", parse_distance, 0.05),
    "max_assign_distance": ConfigKey("max_assign_distance", parse_distance, 1.0),
    "history_distance": ConfigKey("centroid_history_distance", parse_distance, 0.05),
    "history_updates": ConfigKey("centroid_history_updates", _parse_any_count, 5),
    "depth_tolerance": ConfigKey("reading_depth_tolerance", parse_distance, 0.2),
    "weights": ConfigKey("engagement_weights", parse_weights, (0.25, 0.5, 0.75, 1.0)),
}
# A guessed model or dimension would store vectors that can never be compared. These have no default
# here; CapturePolicy may name the model of an installation's own embedder.
EMBEDDING_MODEL: Final[ConfigKey[str]] = ConfigKey("embedding_model", parse_model)
EMBEDDING_DIMENSION: Final[ConfigKey[int]] = ConfigKey(
    "embedding_dimension", partial(parse_count, maximum=MAX_DIMENSION)
)
# Spaces of at most so many artifacts are searched exactly, even where they have a vector index.
EXACT_SEARCH_ARTIFACTS: Final[ConfigKey[int]] = ConfigKey(
    "exact_search_artifacts", _parse_any_count, 20_000
)
_ALL_KEYS = (
    *INGEST_KEYS.values(),
    EMBEDDING_MODEL,
    EMBEDDING_DIMENSION,
    EXACT_SEARCH_ARTIFACTS,
)
KEYS: Final[Mapping[str, ConfigKey[Any]]] = {key.name: key for key in _ALL_KEYS}


@frozen(kw_only=True)
class DefaultEmbedding:
    """A model and its dimension."""

    model: str
    dimension: int


@frozen(kw_only=True)
class CapturePolicy:
    """The defaults of an installation whose operator has decided nothing; none by default.

    `default_embedding` is that of a space that names no model, unless the setting `embedding_model`
    was changed. `has_default_algorithm` registers and activates a version of the algorithm with the
    first space of a store that never had one.
    """

    default_embedding: DefaultEmbedding | None = None
    has_default_algorithm: bool = False


@frozen(kw_only=True)
class IngestSettings:
    """The settings as one command reads them."""

    threshold: float
    max_assign_distance: float
    history_distance: float
    history_updates: int
    depth_tolerance: float
    weights: tuple[float, ...]

    def weight(self, level: EngagementLevel) -> float:
        """Return how much a capture of this level counts."""
        return self.weights[level.rank]


def read_ingest_settings(config: Config) -> IngestSettings:
    """Read every setting that an ingest needs."""
    values = {name: config.get(key) for name, key in INGEST_KEYS.items()}
    return IngestSettings(**values)


def check_setting(key: str, value: str) -> None:
    """Check a setting's name and value.

    Raises:
        SettingNotFound: No setting has this name.
        SettingInvalid: The setting cannot have this value.

    """
    if key not in KEYS:
        raise SettingNotFound(key)
    try:
        KEYS[key].parse(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise SettingInvalid(key, str(error)) from error
