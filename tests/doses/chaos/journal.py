"""Compare a journal of answers with the history and the signals of a database."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen
from sqlalchemy import func, select
from tests.doses.chaos.http_clients import Answer, Request
from tests.doses.chaos.written import changes_after

from indelible.kernel import Change
from indelible_sql import SqlStore, open_store
from indelible_sql.captures.tables import SIGNALS
from indelible_sql.concepts.tables import VERSIONS
from indelible_sql.kernel.seal_tables import SEALS

SELECT_SIGNALS: Final = select(
    SIGNALS.c.id,
    SIGNALS.c.capture_key,
    SIGNALS.c.title,
    SIGNALS.c.url,
    SIGNALS.c.artifact_id,
    SIGNALS.c.request_id,
)
SELECT_VERSIONS: Final = select(
    VERSIONS.c.concept_id, VERSIONS.c.version_number, VERSIONS.c.name, VERSIONS.c.definition
)
COUNT_SEALS: Final = select(func.count().label("seals")).select_from(SEALS)


@frozen
class Entry:
    """An answer of the journal; `kind` is the kill that cut an earlier attempt off, or ''."""

    request_id: str
    kind: str
    request: Request
    answer: Answer


@define
class Comparison:
    """The answers that were found, the requests done by an earlier attempt, and what is wrong."""

    answers: int = 0
    done_but_unanswered: Counter[str] = field(factory=Counter[str])
    seals: int = 0
    problems: list[str] = field(factory=list[str])

    def count_done(self, entry: Entry, request_id: str | None) -> None:
        """Count a request that an attempt without an answer has executed."""
        if request_id == entry.request_id:
            return

        self.done_but_unanswered[entry.kind] += 1
        if request_id is None or not request_id.startswith(f"{entry.request.key}-"):
            self.problems.append(f"{entry.request} was done by {request_id}")


def read_journal(path: Path) -> list[Entry]:
    """Return the answers of a journal, in order."""
    entries: list[Entry] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        request_id, kind, request, answer = json.loads(line)
        entries.append(Entry(request_id, kind, Request(**request), Answer(**answer)))

    return entries


def compare(url: str, entries: list[Entry]) -> Comparison:
    """Find each answer in the database with its values, and nothing that no answer reports."""
    comparison = Comparison(answers=len(entries))
    keys = Counter(entry.request.key for entry in entries)
    for key, count in keys.items():
        if count > 1:
            comparison.problems.append(f"{key} was answered {count} times")

    store = open_store(url)
    captures = [entry for entry in entries if entry.request.verb == "capture"]
    edits = [entry for entry in entries if entry.request.verb != "capture"]
    _compare_concepts(store, edits, comparison)
    _compare_signals(store, captures, comparison)
    comparison.seals = _rows(store, COUNT_SEALS)[0]["seals"]
    store.dispose()
    return comparison


def _compare_concepts(store: SqlStore, entries: list[Entry], comparison: Comparison) -> None:
    changes: dict[tuple[str, int], Change] = {}
    for stored in changes_after(store):
        if stored.lifecycle == "concept":
            changes[stored.entity_id, stored.seq] = stored
    contents: dict[tuple[str, int], tuple[str, str]] = {}
    for row in _rows(store, SELECT_VERSIONS):
        version = (row["concept_id"], row["version_number"])
        contents[version] = (row["name"], row["definition"])

    for entry in entries:
        document = entry.answer.document
        concept_id = document["concept"]["id"]
        change = changes.pop((concept_id, document["seq"]), None)
        if change is None:
            comparison.problems.append(f"{entry} is not in the history")
            continue

        content = document["version"]["content"]
        number = document["version"]["version_number"]
        is_equal = (
            change.to_state == document["concept"]["status"]
            and change.version == number == document["concept"]["current_version"]
            and contents[concept_id, number] == (content["name"], content["definition"])
            and entry.request.body.get("content", content).items() <= content.items()
        )
        if not is_equal:
            comparison.problems.append(f"{entry} left {change}")
        comparison.count_done(entry, change.request_id)

    comparison.problems.extend(f"no answer reports {change}" for change in changes.values())


def _compare_signals(store: SqlStore, entries: list[Entry], comparison: Comparison) -> None:
    signals = {row["id"]: row for row in _rows(store, SELECT_SIGNALS)}
    for entry in entries:
        signal = signals.pop(entry.answer.document["signal_id"], None)
        if signal is None:
            comparison.problems.append(f"{entry} has no signal")
            continue

        body = entry.request.body
        expected = (entry.request.key, body["title"], body["url"])
        is_equal = (signal["capture_key"], signal["title"], signal["url"]) == expected
        if not is_equal or signal["artifact_id"] != entry.answer.document["artifact_id"]:
            comparison.problems.append(f"{entry} left {dict(signal)}")
        comparison.count_done(entry, signal["request_id"])

    comparison.problems.extend(f"no answer reports {row}" for row in signals.values())


def _rows(store: SqlStore, statement: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - a statement
    """Return all rows of a statement."""
    return store.read(lambda tx: list(tx.session.rows(statement, {})))
