"""The parts of the benchmark, by name."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.doses.bench import (
    bulk,
    captures,
    contest_events,
    contest_stores,
    contests,
    edits,
    features,
    feeds,
    growth,
    lifecycles,
    lives,
    money,
    pages,
    projects,
    queue_pins,
    queues,
    reads,
    searches,
    served,
    size,
)
from tests.doses.bench.rounds import Dose, Table
from tests.doses.chaos.testbed import Testbed

Part = Callable[[Testbed, Dose], Iterator[Table]]
PARTS: Final[Mapping[str, Part]] = {
    "edits": edits.tables,
    "lives": lives.tables,
    "reads": reads.tables,
    "served": served.tables,
    "feeds": feeds.tables,
    "pages": pages.tables,
    "size": size.tables,
    "growth": growth.tables,
    "lifecycles": lifecycles.tables,
    "bulk": bulk.tables,
    "captures": captures.tables,
    "searches": searches.tables,
    "queues": queues.tables,
    "pins": queue_pins.tables,
    "features": features.tables,
    "projects": projects.tables,
    "contests": contests.tables,
    "settlements": contest_stores.tables,
    "replays": contest_events.tables,
    "money": money.tables,
}
# A whole run leaves them out: stores of a million rows take long to fill. Name them.
ON_REQUEST: Final = frozenset({"growth", "pages"})
WHOLE_RUN: Final = tuple(name for name in PARTS if name not in ON_REQUEST)
