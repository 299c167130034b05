"""The settings of captures: what each may be, and what holds where nothing was chosen or can be read."""

import json
from collections.abc import Mapping
from functools import partial
from math import isfinite
from typing import Any, Final

from attrs import frozen

from indelible.captures.entities import MOST_DIMENSIONS, EngagementLevel
from indelible.captures.errors import SettingInvalid, SettingNotFound
from indelible.kernel.settings import Config, ConfigKey

FARTHEST: Final = 2.0  # a cosine distance
MOST_COUNTED: Final = 1_000_000


def _number(value: Any) -> float:  # noqa: ANN401 - whatever JSON held
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _distance(text: str) -> float:
    found = _number(json.loads(text))
    if not 0 <= found <= FARTHEST:
        raise ValueError(f"not between 0 and {FARTHEST}")
    return found


def _count(text: str, most: int) -> int:
    found = json.loads(text)
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= most:
        raise ValueError(f"not a whole number from 1 to {most}")
    return found


def _model(text: str) -> str:
    found = json.loads(text)
    if (
        not isinstance(found, str)
        or not found.isprintable()
        or not 1 <= len(found) <= 200
        or " " in found
    ):  # noqa: PLR2004 - as an id
        raise ValueError("not the name of a model")
    return found


def _weights(text: str) -> tuple[float, ...]:
    found = tuple(map(_number, json.loads(text)))
    if (
        len(found) != len(EngagementLevel)
        or not 0 <= found[0] <= found[1] <= found[2] <= found[3] <= 1
    ):
        raise ValueError("not four rising numbers from 0 to 1")
    return found


# What a capture needs, by its name in `Tuning`: each has a default, so none can hold a capture up.
TUNED: Final[Mapping[str, ConfigKey[Any]]] = {
    "threshold": ConfigKey("assignment_margin_threshold", _distance, 0.05),
    "max_assign_distance": ConfigKey("max_assign_distance", _distance, 1.0),
    "history_distance": ConfigKey("centroid_history_distance", _distance, 0.05),
    "history_updates": ConfigKey("centroid_history_updates", partial(_count, most=MOST_COUNTED), 5),
    "depth_tolerance": ConfigKey("reading_depth_tolerance", _distance, 0.2),
    "weights": ConfigKey("engagement_weights", _weights, (0.25, 0.5, 0.75, 1.0)),
}
# A store that guessed these would keep vectors that can never be compared: so there is no default.
MODEL: Final[ConfigKey[str]] = ConfigKey("embedding_model", _model)
DIMENSION: Final[ConfigKey[int]] = ConfigKey(
    "embedding_dimension", partial(_count, most=MOST_DIMENSIONS)
)
# Of how many artifacts the nearest are found by looking at each, even where there is an index to be quicker by.
EXACT: Final[ConfigKey[int]] = ConfigKey(
    "exact_search_artifacts", partial(_count, most=MOST_COUNTED), 20_000
)
KEYS: Final[Mapping[str, ConfigKey[Any]]] = {
    each.name: each for each in (*TUNED.values(), MODEL, DIMENSION, EXACT)
}


@frozen(kw_only=True)
class IngestSettings:
    """What one command sees of the settings."""

    threshold: float
    max_assign_distance: float
    history_distance: float
    history_updates: int
    depth_tolerance: float
    weights: tuple[float, ...]

    def weight(self, level: EngagementLevel) -> float:
        """How much a capture of this level counts."""
        return self.weights[level.rank]


def tuning_of(config: Config) -> IngestSettings:
    """The settings as one command sees them."""
    return IngestSettings(**{name: config.get(key) for name, key in TUNED.items()})


def check_setting(key: str, value: str) -> None:
    """Refuse a setting that is none, and a value that it cannot have."""
    if key not in KEYS:
        raise SettingNotFound(key)
    try:
        KEYS[key].parse(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise SettingInvalid(key, str(error)) from error
