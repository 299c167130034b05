"""The parts of the benchmark, by name."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.doses.bench import (
    captures,
    contest_stores,
    contests,
    edits,
    feeds,
    growth,
    lifecycles,
    lives,
    pages,
    payments,
    queue_pins,
    queues,
    searches,
    served,
    size,
    waits,
)
from tests.doses.bench.rounds import Dose, Table
from tests.testbed import Testbed

Part = Callable[[Testbed, Dose], Iterator[Table]]
PARTS: Final[Mapping[str, Part]] = {
    "edits": edits.tables,
    "lives": lives.tables,
    "served": served.tables,
    "feeds": feeds.tables,
    "pages": pages.tables,
    "size": size.tables,
    "growth": growth.tables,
    "lifecycles": lifecycles.tables,
    "captures": captures.tables,
    "searches": searches.tables,
    "queues": queues.tables,
    "pins": queue_pins.tables,
    "contests": contests.tables,
    "settlements": contest_stores.tables,
    "payments": payments.tables,
    "waits": waits.tables,
}
# A whole run leaves them out: stores of a million rows take long to fill. Name them.
ON_REQUEST: Final = frozenset({"growth", "pages"})
WHOLE_RUN: Final = tuple(name for name in PARTS if name not in ON_REQUEST)
