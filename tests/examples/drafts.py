"""Turn an editor's outline into drafts, with any kind of store."""

from indelible import concepts
from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Store


def draft_all(
    store: Store[ReadTx, WriteTx], outline: dict[str, str], *, author: Actor
) -> list[str]:
    """Create a draft for each name that no concept has yet and return the new ids.

    All drafts are created in one transaction.
    """
    listed = store.read(concepts.list_concepts, concepts.ConceptFilter(), limit=1_000)
    existing_names = {summary.name for summary in listed}

    new_ids: list[str] = []
    with store.transaction(actor=author, reason="drafted from an outline") as tx:
        for name, definition in outline.items():
            if name in existing_names:
                continue
            content = concepts.ConceptContent(name=name, definition=definition)
            saved = concepts.create_concept(tx, concepts.CreateConcept(content=content))
            new_ids.append(saved.concept.id)

    return new_ids
