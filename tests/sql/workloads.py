"""Commands and queries whose statements the tests record."""

from tests.sql.statements import Trace

from indelible import concepts
from indelible.concepts import ConceptFilter, ConceptSaved
from indelible.kernel import Idempotency
from indelible.kernel.keys import (
    CreateKey,
    RevokeKey,
    authenticate_key,
    create_key,
    list_keys,
    revoke_key,
)
from indelible.testing.stores import (
    BEGINNING,
    MAYA,
    RATIO,
    create,
    do,
)
from indelible_sql import SqlStore


def other_statements(trace: Trace) -> list[str]:
    """Run commands of keys, repeated commands and every query; return the statements sent."""
    store = trace.store
    content = concepts.ConceptContent(
        name="Rate", definition="A ratio.", prerequisites=("Ratio", "?")
    )
    concept_id = create(store, content).concept.id

    def run_all() -> None:
        _use_a_key(store)
        _repeat_a_create(store)
        _query_concepts(store, concept_id)
        store.feed()

    _, statements = trace.of(run_all)
    return statements


def _use_a_key(store: SqlStore) -> None:
    created = do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
    do(store, revoke_key, RevokeKey(key_id=created.key.id, expected_seq=created.seq))
    store.read(authenticate_key, created.text, now=BEGINNING)
    store.read(list_keys)


def _repeat_a_create(store: SqlStore) -> None:
    command = concepts.CreateConcept(content=RATIO)
    idempotency = Idempotency("key-1", ConceptSaved)
    for _ in range(2):
        do(store, concepts.create_concept, command, idempotency=idempotency)


def _query_concepts(store: SqlStore, concept_id: str) -> None:
    store.read(concepts.list_concepts, ConceptFilter(text="a"))
    store.read(concepts.list_versions, concept_id)
    store.read(concepts.list_history, concept_id)
    store.read(concepts.list_warnings, concept_id)
    store.read(concepts.concept_as_of, concept_id, seq=1)
    store.read(concepts.get_learning_order)
    store.read(lambda tx: tx.concepts.repository.list_versions(concept_id))
    store.read(lambda tx: tx.concepts.repository.get_latest_version(concept_id))
