"""The journal of a simulator: every request of the API, with what is wrong with it."""

from collections import Counter
from collections.abc import Iterable

from attrs import asdict, define, field, frozen

from indelible_stripe.simulator.answers import JsonObject


@frozen(kw_only=True)
class JournalEntry:
    """One request. `problems` are those of the request, by both descriptions.

    `unimplemented` is what the simulator has refused by its name, `ignored` is what it has accepted
    without reading it: the latter is a fault of the simulator.
    """

    number: int
    at: int
    method: str
    path: str
    operation: str | None
    parameters: JsonObject
    idempotency_key: str | None
    status: int
    error_code: str | None = None
    fault: str | None = None
    is_replay: bool = False
    problems: tuple[str, ...] = ()
    response_problems: tuple[str, ...] = ()
    newer_parameters: tuple[str, ...] = ()
    unimplemented: str | None = None
    ignored: tuple[str, ...] = ()

    @property
    def conforms(self) -> bool:
        """Return whether request and response agree with the descriptions, and nothing is lost."""
        return not self.problems and not self.response_problems and not self.ignored


@define
class Journal:
    """All requests in order. The caller serializes access."""

    entries: list[JournalEntry] = field(factory=list[JournalEntry], init=False)

    @property
    def next_number(self) -> int:
        """Return the number of the next request."""
        return len(self.entries) + 1

    def add(self, entry: JournalEntry) -> None:
        """Add a request."""
        self.entries.append(entry)

    def select(self, *, after: int, only_problems: bool) -> Iterable[JsonObject]:
        """Yield the entries after a number as JSON objects."""
        for entry in self.entries[after:]:
            if not only_problems or not entry.conforms:
                yield asdict(entry)

    def counts(self) -> JsonObject:
        """Return how many requests there were by operation and status, and how many conform."""
        operations = Counter(entry.operation or "unknown" for entry in self.entries)
        statuses = Counter(str(entry.status) for entry in self.entries)
        return {
            "requests": len(self.entries),
            "nonconforming": sum(1 for entry in self.entries if not entry.conforms),
            "unimplemented": sum(1 for entry in self.entries if entry.unimplemented),
            "ignored": sum(1 for entry in self.entries if entry.ignored),
            "replays": sum(1 for entry in self.entries if entry.is_replay),
            "by_operation": dict(sorted(operations.items())),
            "by_status": dict(sorted(statuses.items())),
        }
