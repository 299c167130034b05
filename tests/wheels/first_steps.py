"""The design's first example, as it stands there."""

import indelible_sql
from indelible import concepts
from indelible.kernel import Actor

maya = Actor.user("maya")
store = indelible_sql.open_store("sqlite:///concepts.db")
store.upgrade()
saved = store.run(
    concepts.create_concept,
    concepts.CreateConcept(
        content=concepts.ConceptContent(name="Ratio", definition="A comparison of two quantities."),
    ),
    actor=maya,
    reason="first draft",
)
print(saved.concept.status, saved.version.version_number, saved.seq, saved.warnings)
store.run(
    concepts.submit_concept,
    concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=saved.seq),
    actor=maya,
    reason="ready for review",
)
print(store.read(concepts.list_history, saved.concept.id))
