"""Run the example of the README on installed wheels."""

import indelible_sql
from indelible import concepts
from indelible.kernel import Actor

maya = Actor.user("maya")
store = indelible_sql.open_store("sqlite:///concepts.db")  # or postgresql://...
store.upgrade()

ratio = concepts.ConceptContent(name="Ratio", definition="A comparison of two quantities.")
saved = store.run(
    concepts.create_concept,
    concepts.CreateConcept(content=ratio),
    actor=maya,
    reason="first draft",
)
store.run(
    concepts.submit_concept,
    concepts.SubmitConcept(concept_id=saved.concept.id, expected_seq=saved.seq),
    actor=maya,
    reason="ready for review",
)

for change in store.read(concepts.list_history, saved.concept.id):
    print(change.seq, change.action, change.to_state, change.actor, change.reason)
