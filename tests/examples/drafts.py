"""A service's own code: it turns an editor's outline into drafts, and knows only that there is a store."""

from indelible import concepts
from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Store


def draft_all(
    store: Store[ReadTx, WriteTx], outline: dict[str, str], *, author: Actor
) -> list[str]:
    """The ids of new drafts, one for each name that no concept has yet; all of them or none."""
    listed = store.read(concepts.list_concepts, concepts.ConceptFilter(), limit=1_000)
    known = {each.name for each in listed}
    with store.transaction(actor=author, reason="drafted from an outline") as tx:
        return [
            concepts.create_concept(
                tx, concepts.CreateConcept(content=content_of(name, definition))
            ).concept.id
            for name, definition in outline.items()
            if name not in known
        ]


def content_of(name: str, definition: str) -> concepts.ConceptContent:
    """A draft's content."""
    return concepts.ConceptContent(name=name, definition=definition)
