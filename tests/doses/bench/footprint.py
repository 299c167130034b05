"""Use a store for a while, and print the peak memory of this process in KiB: `footprint.py URL`."""

import sys
from pathlib import Path
from typing import Final

from indelible import concepts
from indelible.concepts import ConceptFilter
from indelible.kernel import Actor
from indelible_sql import SqlStore, open_store

EDITS: Final = 20
PAGES: Final = 10
PAGE: Final = 100
ACTOR, REASON = Actor.user("maya"), "one of many edits"


def use(store: SqlStore) -> None:
    """List, read, edit, and follow the feed, as a service does."""
    listed: list[concepts.ConceptSummary] = []
    for _ in range(PAGES):
        after = listed[-1].concept.id if listed else ""
        listed += store.read(concepts.list_concepts, ConceptFilter(), after=after, limit=PAGE)

    view = store.read(concepts.get_concept, listed[0].concept.id)
    for _ in range(EDITS):
        command = concepts.EditConcept(
            concept_id=view.concept.id,
            expected_seq=view.seq,
            content=view.version.content,
            change_note=REASON,
        )
        store.run(concepts.edit_concept, command, actor=ACTOR, reason=REASON)
        view = store.read(concepts.get_concept, view.concept.id)

    cursor = ""
    for _ in range(PAGES):
        cursor = store.feed(after=cursor, limit=PAGE).cursor


def peak_memory() -> str:
    """Return the peak memory of this process alone; `resource` includes its parent's."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return line.split()[1]

    message = "/proc/self/status has no VmHWM"
    raise LookupError(message)


if __name__ == "__main__":
    used_store = open_store(sys.argv[1])
    use(used_store)
    used_store.dispose()
    print(peak_memory())
