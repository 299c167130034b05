"""The one boundary that is the driver's: BEGIN and the first statement, between which no failpoint can stand."""

from collections import Counter

from attrs import define, field
from tests.chaos.written import changes_after
from tests.sql.lost_commits import behind
from tests.sql.proxy import Fault

from indelible.kernel import IndelibleError
from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import verify

BEGIN = b"Q\0\0\0\x0aBEGIN\0"  # the whole message


@define
class Begun:
    """What callers were told whose BEGIN was lost, and what was not right."""

    told: Counter[str] = field(factory=Counter[str])
    wrong: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        return f"told {dict(self.told)}; wrong: {self.wrong or 'nothing'}"


def cut_begins(database: PostgresServer, times: int) -> Begun:
    """Break so many connections before the server gets BEGIN, and as many after it has answered."""
    begun = Begun()
    with behind(database, None) as place:
        for fault in (Fault.CUT, Fault.SWALLOW):
            for _ in range(times):
                create(place.store)
                before, hits = len(changes_after(place.direct)), place.proxy.hits
                place.proxy.plan(fault, BEGIN)
                try:
                    create(place.store)
                except IndelibleError as error:
                    begun.told[error.code] += 1
                if place.proxy.hits != hits + 1 or len(changes_after(place.direct)) != before:
                    begun.wrong.append(f"{fault.name} of BEGIN left something, or never came")
        if begun.told != Counter({"STORE_UNREACHABLE": 2 * times}):
            begun.wrong.append("a caller was told something else than STORE_UNREACHABLE")
        begun.wrong += map(str, verify(place.direct))
    return begun
