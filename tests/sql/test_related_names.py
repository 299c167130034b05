"""Test that both databases find the concepts with a name, whatever characters it has."""

import pytest

from indelible.concepts import ConceptContent
from indelible.concepts.rules.warnings.names import RelatedNames
from indelible.testing.stores import create
from indelible_sql import SqlReading, SqlStore

NAMES = (
    "",
    " ",
    "Ratio",
    "half\nopen",
    "half\u2028open",
    'a "\\n" b',
    "{a,b}",
    "NULL",
    "long " * 80,
)


@pytest.mark.parametrize("name", NAMES)
def test_a_concept_of_the_same_name_is_found(store: SqlStore, name: str) -> None:
    create(store, ConceptContent(name=name))
    create(store, ConceptContent(name="another"))
    version = create(store, ConceptContent(name=name)).version

    def related_names(tx: SqlReading) -> RelatedNames:
        return tx.concepts.search.related_names(version)

    assert store.read(related_names).same == (name,)
