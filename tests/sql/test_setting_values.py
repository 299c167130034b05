"""The cache of a store returns the values of its settings, by the parsers of its contexts."""

from indelible.captures import EngagementLevel
from indelible.testing.captures.scenarios import change
from indelible_sql import SqlStore


def test_the_cache_of_a_store_returns_values(store: SqlStore) -> None:
    assert store.config.get("assignment_margin_threshold", 0.5) == 0.5

    change(store, "assignment_margin_threshold", "0.05")
    change(store, "engagement_weights", "[0.1, 0.2, 0.3, 0.4]")
    change(store, "embedding_model", '"model-2"')

    weights = store.config.get("engagement_weights", None)
    assert store.config.get("assignment_margin_threshold", 0.5) == 0.05
    assert store.config.get("embedding_model", "") == "model-2"
    assert weights == (0.1, 0.2, 0.3, 0.4)
    assert len(weights) == len(EngagementLevel)
    assert store.config.fallbacks == {}
