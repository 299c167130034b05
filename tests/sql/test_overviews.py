"""Test overviews of concepts by actor: those of few and of many changes are the same."""

import pytest

from indelible import concepts
from indelible.concepts import ConceptFilter, ConceptStatus
from indelible.testing.stores import MAYA, NOOR, RATIO, AnyStore, create, do, submit
from indelible_sql import SqlStore
from indelible_sql.concepts import statements


def submitted_by(store: AnyStore) -> None:
    """Create concepts whose first and last changes have different actors."""
    submit(store, create(store))
    saved = do(store, concepts.create_concept, concepts.CreateConcept(content=RATIO), actor=NOOR)
    submit(store, saved)
    do(store, concepts.create_concept, concepts.CreateConcept(content=RATIO), actor=NOOR)


@pytest.mark.parametrize("few_changes", [0, 1, 10_000])
def test_an_actor_with_many_changes_has_the_same_concepts(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, few_changes: int
) -> None:
    monkeypatch.setattr(statements, "MAX_FEW_CHANGES", few_changes)
    submitted_by(store)
    counts = {
        ConceptFilter(actor=MAYA): 2,
        ConceptFilter(actor=NOOR): 1,
        ConceptFilter(actor=MAYA, text="ratio"): 2,
        ConceptFilter(actor=NOOR, text="nothing"): 0,
        ConceptFilter(actor=NOOR, status=ConceptStatus.REVIEW): 0,
    }

    for matching, count in counts.items():
        overviews = store.read(concepts.search_overviews, matching).overviews
        assert len(overviews) == count, matching
        assert {overview.actor for overview in overviews} <= {matching.actor}
        assert store.read(concepts.count_concepts, matching) == count, matching
