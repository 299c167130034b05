"""Edit a concept and follow the feed all the time, and tell how long either was blocked."""

import time
from contextlib import suppress
from itertools import count
from threading import Event, Thread
from typing import Final, Self

from attrs import define, field, frozen

from indelible import concepts
from indelible.concepts import ConceptSaved
from indelible.kernel.errors import StoreBusy
from indelible.testing.stores import MAYA, RATIO, create
from indelible_sql import SqlStore

PAUSE_SECONDS: Final = 0.005  # between two edits, and between two reads of an empty feed
END_SECONDS: Final = 60.0
REASON: Final = "one of many edits"


@frozen
class Window:
    """The time between two readings of the clock that all processes share."""

    began_at: float
    ended_at: float

    @property
    def seconds(self) -> float:
        """Return its length."""
        return self.ended_at - self.began_at


@frozen(kw_only=True)
class Edit:
    """An edit: when it was first tried and when it was committed, and how often it was refused."""

    seq: int
    window: Window
    refusals: int

    def overlaps(self, window: Window) -> bool:
        """Return True if a part of the edit is within a window."""
        is_before = self.window.ended_at < window.began_at
        return not is_before and self.window.began_at <= window.ended_at


@define
class Probes:
    """A thread that edits a concept, and one that follows the feed, until the block ends."""

    store: SqlStore
    edits: list[Edit] = field(factory=list[Edit], init=False)
    _seen_at: dict[int, float] = field(factory=dict[int, float], init=False)
    _saved: ConceptSaved = field(init=False)
    _is_over: Event = field(factory=Event, init=False)
    _threads: list[Thread] = field(factory=list[Thread], init=False)

    def __enter__(self) -> Self:
        self._saved = create(self.store, RATIO)
        self._threads = [Thread(target=self._edit), Thread(target=self._follow)]
        for thread in self._threads:
            thread.start()
        try:
            self.wait()
        except TimeoutError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def edit_seconds(self, window: Window) -> float:
        """Return the longest duration of an edit during a window."""
        return max(edit.window.seconds for edit in self._edits_in(window))

    def feed_seconds(self, window: Window) -> float:
        """Return the longest time from the beginning of an edit until the feed had it."""
        return max(
            self._seen_at[edit.seq] - edit.window.began_at for edit in self._edits_in(window)
        )

    def refusals(self, window: Window) -> int:
        """Return how often an edit during a window was refused and had to be sent again."""
        return sum(edit.refusals for edit in self._edits_in(window))

    def wait(self) -> None:
        """Wait until the feed has an edit that began after this call."""
        now = time.perf_counter()
        deadline = now + END_SECONDS
        while time.perf_counter() < deadline:
            last = self.edits[-1] if self.edits else None
            if last is not None and last.window.began_at > now and last.seq in self._seen_at:
                return
            time.sleep(PAUSE_SECONDS)
        raise TimeoutError("the feed does not have the last edits")

    def _edits_in(self, window: Window) -> list[Edit]:
        """Return the edits during a window, or the next one after a window between two edits."""
        edits = tuple(self.edits)
        during = [edit for edit in edits if edit.overlaps(window)]
        if during:
            return during

        return [next(edit for edit in edits if edit.window.began_at > window.ended_at)]

    def _edit(self) -> None:
        """Edit the concept again and again."""
        while not self._is_over.is_set():
            began_at = time.perf_counter()
            refusals = self._edit_once()
            window = Window(began_at, time.perf_counter())
            self.edits.append(Edit(seq=self._saved.seq, window=window, refusals=refusals))
            time.sleep(PAUSE_SECONDS)

    def _edit_once(self) -> int:
        """Edit the concept, however often it is refused; return how often that was."""
        command = concepts.EditConcept(
            concept_id=self._saved.concept.id,
            expected_seq=self._saved.seq,
            content=RATIO,
            change_note=REASON,
        )
        for refusals in count():
            with suppress(StoreBusy):
                self._saved = self.store.run(
                    concepts.edit_concept, command, actor=MAYA, reason=REASON
                )
                return refusals
        raise AssertionError

    def _follow(self) -> None:
        """Follow the feed, and note when it returned each edit."""
        cursor = ""
        while not self._is_over.is_set():
            page = self.store.feed(after=cursor, limit=500)
            now = time.perf_counter()
            for change in page.changes:
                if change.entity_id == self._saved.concept.id:
                    self._seen_at[change.seq] = now
            cursor = page.cursor
            if not page.changes:
                time.sleep(PAUSE_SECONDS)
