"""A process that writes is killed, again and again: what it said was saved is there, and all is well."""

import sys
from random import Random
from subprocess import PIPE, Popen

from attrs import define

from indelible import concepts
from indelible.testing.stores import RATIO, create, edit
from indelible_sql import open_store, verify

LONGEST_LIFE = 60


@define
class Killed:
    """How often a writer was killed, how many of its edits it had reported, and how many of those are gone."""

    times: int = 0
    reported: int = 0
    lost: int = 0
    findings: int = 0


def kill_writers(url: str, times: int, chance: Random) -> Killed:
    """Kill so many writers of one database, each after some edits that it has reported."""
    killed = Killed()
    for _ in range(times):
        with Popen((sys.executable, "-m", "tests.chaos.kills", url), stdout=PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline().split() for _ in range(chance.randint(1, LONGEST_LIFE))]
            writer.kill()
            said += [line.split() for line in writer.stdout]
        store = open_store(url)
        concept_id, seq = said[-1] if len(said[-1]) == 2 else said[-2]
        shown = store.read(concepts.get_concept, concept_id)
        killed.times += 1
        killed.reported += int(seq)
        killed.lost += max(0, int(seq) - shown.seq)
        killed.findings += len(verify(store))
        store.dispose()
    return killed


def write(url: str) -> None:
    """Edit one concept for ever, and say each seq once it is committed."""
    store = open_store(url)
    saved = create(store, RATIO)
    while True:
        sys.stdout.write(f"{saved.concept.id} {saved.seq}\n")
        sys.stdout.flush()
        saved = edit(store, saved)


if __name__ == "__main__":
    write(sys.argv[1])
