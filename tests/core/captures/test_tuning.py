"""Each setting of captures has a range, and each setting of an ingest has a default."""

import pytest

from indelible.captures.entities.values import EngagementLevel
from indelible.captures.entities.vectors import MAX_DIMENSION
from indelible.captures.errors import SettingInvalid
from indelible.captures.rules.tuning import (
    EMBEDDING_DIMENSION,
    EMBEDDING_MODEL,
    INGEST_KEYS,
    KEYS,
    check_setting,
    read_ingest_settings,
)
from indelible.kernel.settings import Config, SettingNotFound, SystemConfigCache


def config_of(**texts: str) -> Config:
    """Return the settings of a store in which these are changed."""
    return Config(SystemConfigCache(fetch=lambda: texts))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("assignment_margin_threshold", "0"),
        ("assignment_margin_threshold", "2.0"),
        ("centroid_history_updates", "1"),
        ("centroid_history_updates", "1000000"),
        ("engagement_weights", "[0, 0.5, 0.5, 1]"),
        ("embedding_model", '"model-1"'),
        ("embedding_dimension", str(MAX_DIMENSION)),
    ],
)
def test_a_value_in_its_range_is_accepted(key: str, value: str) -> None:
    check_setting(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("assignment_margin_threshold", "-0.1"),
        ("assignment_margin_threshold", "2.1"),
        ("assignment_margin_threshold", "NaN"),
        ("assignment_margin_threshold", "1" + "0" * 400),
        ("assignment_margin_threshold", "true"),
        ("assignment_margin_threshold", '"0.1"'),
        ("assignment_margin_threshold", "a lot"),
        ("centroid_history_updates", "0"),
        ("centroid_history_updates", "1000001"),
        ("centroid_history_updates", "1.0"),
        ("centroid_history_updates", "true"),
        ("engagement_weights", "[0, 0.5, 1]"),
        ("engagement_weights", "[0, 0.5, 0.4, 1]"),
        ("engagement_weights", "[-0.1, 0, 0.5, 1]"),
        ("engagement_weights", "[0, 0.5, 1, 1.1]"),
        ("engagement_weights", "7"),
        ("embedding_model", '""'),
        ("embedding_model", '"a b"'),
        ("embedding_model", "7"),
        ("embedding_dimension", str(MAX_DIMENSION + 1)),
        ("embedding_dimension", "[" * 100_000),
    ],
    ids=lambda text: text[:30],
)
def test_a_value_outside_its_range_is_refused(key: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        check_setting(key, value)

    assert refused.value.key == key


def test_an_unknown_setting_is_not_found() -> None:
    with pytest.raises(SettingNotFound):
        check_setting("unknown", "1")


def test_every_setting_of_an_ingest_has_a_default() -> None:
    settings = read_ingest_settings(config_of())

    for name, key in INGEST_KEYS.items():
        assert getattr(settings, name) == key.default


def test_the_model_and_the_dimension_of_embeddings_are_never_guessed() -> None:
    without_default = {key.name for key in KEYS.values() if key.default is None}

    assert without_default == {EMBEDDING_MODEL.name, EMBEDDING_DIMENSION.name}


def test_a_changed_setting_replaces_its_default() -> None:
    settings = read_ingest_settings(config_of(engagement_weights="[0, 0.1, 0.2, 0.3]"))

    assert settings.weight(EngagementLevel.LATENT) == 0.0
    assert settings.weight(EngagementLevel.SATURATED) == 0.3
