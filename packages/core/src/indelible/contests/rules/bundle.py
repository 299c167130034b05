"""Bundle a settlement with its inputs, so that anyone can recompute it without this library.

`docs/scripts/recompute_payout.py` reads such a bundle with the standard library only.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from indelible.contests.rules.ranking import sort_entries
from indelible.contests.rules.settlement import (
    Settlement,
    SettlementInput,
    eligible_row,
    result_document,
)
from indelible.contests.rules.values import EligibleEntry
from indelible.kernel.json import instant_text, to_json_value

BUNDLE_VERSION: Final = 1


class BundledEvent(Protocol):
    """The part of a contest's event that a bundle contains."""

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> StrEnum: ...
    @property
    def validity(self) -> StrEnum: ...
    @property
    def payload_digest(self) -> str: ...
    @property
    def fetch_number(self) -> int | None: ...
    @property
    def fetched_at(self) -> datetime: ...
    @property
    def body(self) -> object: ...  # a JSON object or None
    @property
    def body_hash(self) -> str: ...
    @property
    def supersedes(self) -> int | None: ...
    @property
    def snapshot_number(self) -> int | None: ...
    @property
    def prev_hash(self) -> str: ...
    @property
    def event_hash(self) -> str: ...


def bundle_document(
    inputs: SettlementInput, settlement: Settlement, events: Iterable[BundledEvent]
) -> dict[str, Any]:
    """Return the bundle of a settlement; write its canonical JSON to a file.

    `inputs` are those of the settlement, with entries that can be read again. `events` are the
    events of the contest up to `inputs.event_number`, in their order.
    """
    return {
        "bundle_version": BUNDLE_VERSION,
        "contest_id": inputs.contest_id,
        "engine_version": settlement.engine_version,
        "configuration": inputs.configuration.document(),
        "configuration_digest": settlement.configuration_digest,
        "event_number": settlement.event_number,
        "events_digest": settlement.events_digest,
        "events": [_event_row(event) for event in events],
        "official_rounds": settlement.official_rounds,
        "entries": [_entry_row(entry) for entry in sort_entries(inputs.entries)],
        "eligibility_digest": settlement.eligibility_digest,
        "result": result_document(settlement),
        "result_digest": settlement.result_digest,
    }


def _event_row(event: BundledEvent) -> dict[str, Any]:
    return {
        "number": event.number,
        "kind": event.kind.value,
        "validity": event.validity.value,
        "payload_digest": event.payload_digest,
        "fetch_number": event.fetch_number,
        "fetched_at": instant_text(event.fetched_at),
        "body": to_json_value(event.body),
        "body_hash": event.body_hash,
        "supersedes": event.supersedes,
        "snapshot_number": event.snapshot_number,
        "prev_hash": event.prev_hash,
        "event_hash": event.event_hash,
    }


def _entry_row(entry: EligibleEntry) -> dict[str, Any]:
    return {
        **eligible_row(entry),
        "player_ids": list(entry.player_ids),
        "prediction": entry.prediction,
    }
