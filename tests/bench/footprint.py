"""`footprint.py URL`: works with a store for a while, and says how many KiB of memory this process held at most."""

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
WHO, WHY = Actor.user("maya"), "one of many edits"


def work(store: SqlStore) -> None:
    """Everything that a service does all day."""
    listed: list[concepts.ConceptSummary] = []
    for _ in range(PAGES):
        after = listed[-1].concept.id if listed else ""
        listed += store.read(concepts.list_concepts, ConceptFilter(), after=after, limit=PAGE)
    shown = store.read(concepts.get_concept, listed[0].concept.id)
    for _ in range(EDITS):
        command = concepts.EditConcept(
            concept_id=shown.concept.id,
            expected_seq=shown.seq,
            content=shown.version.content,
            change_note=WHY,
        )
        store.run(concepts.edit_concept, command, actor=WHO, reason=WHY)
        shown = store.read(concepts.get_concept, shown.concept.id)
    cursor = ""
    for _ in range(PAGES):
        cursor = store.feed(after=cursor, limit=PAGE).cursor


def held() -> str:
    """The most memory of this process alone, in KiB: what `resource` tells counts in who started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(line.split()[1] for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    opened = open_store(sys.argv[1])
    work(opened)
    opened.dispose()
    sys.stdout.write(held())
