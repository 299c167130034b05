"""An example of every value, so that the document has one for every operation; a value new in core has one too."""

import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeVar

import attrs

from indelible.captures import SPHERICAL, Decision, Vector
from indelible.concepts import Severity
from indelible.kernel import Actor
from indelible.tokens import TokenStatus

T = TypeVar("T")


class Ignored:
    """The type of a field that may hold anything, and is not looked at."""


CONCEPT_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d01"
SPACE_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d11"
SUBSPACE_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d12"
ARTIFACT_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d13"
VECTOR: Final = Vector((1.0, 0.0, 0.0))
DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WALLET: Final = "0x71c7656ec7ab88b098defb751b7401b5f6d8976f"
PLAIN: Final[Mapping[object, object]] = {
    str: "text",
    int: 1,
    bool: True,
    float: 0.5,
    Vector: VECTOR,
    Ignored: None,
    datetime: datetime(2026, 1, 1, 9, 30, tzinfo=UTC),
    Actor: Actor.user("maya"),
}
NAMED: Final[Mapping[str, object]] = {  # by `Class.field`, else by `field`
    "ArtifactListed.title": "Ratios",
    "ArtifactShown.content": "A ratio says how many times one number contains another.",
    "ArtifactShown.title": "Ratios",
    "CaptureItem.status": 201,
    "CaptureSent.content": "A ratio says how many times one number contains another.",
    "CaptureSent.title": "Ratios",
    "Concept.id": CONCEPT_ID,
    "ConceptNode.id": CONCEPT_ID,
    "ConceptVersion.id": "0199e1c8-7c20-7b11-9a51-6c0d2b7fe402",
    "ConceptWarning.field": "definition",
    "FieldDiff.field": "definition",
    "Captured.warnings": ("CLIENT_VALUE_IGNORED",),
    "SignalShown.warnings": (),
    "SignalShown.title": "Ratios",
    "Space.id": SPACE_ID,
    "Subspace.id": SUBSPACE_ID,
    "PromptSigned.message": f"Update prompt for wallet: {WALLET}\nTimestamp: 1767225600000\nNonce: 7f3c9a52d1e8",
    "Token.id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d21",
    "Token.status": TokenStatus.READY,
    "action": "create",
    "algorithm_id": "oscl-1",
    "algorithm_version": "oscl-1",
    "artifact_id": ARTIFACT_ID,
    "author_address": WALLET,
    "author_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d22",
    "author_wallet": WALLET,
    "block_hash": f"0x{DIGEST}",
    "dead_reason": None,
    "capture_key": "tab-7-2026-01-01",
    "change_note": "says it more plainly",
    "code": "DEF_SHORT",
    "concept_id": CONCEPT_ID,
    "corrects": None,
    "cursor": None,
    "data": {"version": DIGEST, "warnings": DIGEST},
    "decision": Decision.UPDATED,
    "definition": "A comparison of two quantities by division.",
    "description": "What is read about fractions.",
    "dimension": 3,
    "embedding": VECTOR,
    "embedding_model": "model-1",
    "entity_id": CONCEPT_ID,
    "error_data": None,
    "examples": ("The ratio of 6 to 3 is 2.",),
    "explanation": "It says how many times one quantity contains the other, whatever their units are.",
    "formulas": SPHERICAL,
    "farcaster_handle": "maya",
    "from_state": "",
    "generation_attempts": 0,
    "generation_error": None,
    "hash": DIGEST,
    "ignored": ("margin",),
    "image_cid": "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    "image_url": None,
    "key": "assignment_margin_threshold",
    "learning_objective": "Explain how two quantities compare.",
    "lifecycle": "concept",
    "limit": 50,
    "message": "The definition has fewer than 3 words.",
    "metadata_cid": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    "mint_event_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d23",
    "minter_address": WALLET,
    "misconceptions": ("A larger number always comes first.",),
    "model": "model-1",
    "name": "Ratio",
    "named_subspace_id": SUBSPACE_ID,
    "nearest_subspace_id": SUBSPACE_ID,
    "needed_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d02",
    "normalized_url": "https://example.org/ratio",
    "offset": 0,
    "params": ("3",),
    "prerequisites": ("Division",),
    "prev_hash": "",
    "problem": None,
    "prompt_text": "A lighthouse in the fog, as an etching.",
    "reason": "a first draft for the course on fractions",
    "recipient": WALLET,
    "replayed": False,
    "request_id": "0199e1c8-7c1e-7d02-b7a4-0e5a1d3c8f00",
    "reveal_tx_hash": None,
    "scope_boundaries": "Whole numbers only.",
    "session_id": "session-1",
    "severity": Severity.MINOR,
    "signal_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d14",
    "signature": f"0x{DIGEST}{DIGEST}1b",
    "similarity_percent": 80,
    "space_id": SPACE_ID,
    "stage": "detect",
    "statuses": {"detected": 1},
    "subspace_id": SUBSPACE_ID,
    "text": "ratio",
    "to_state": "DRAFT",
    "to_version": 2,
    "total_paid": "1000000000000000",
    "twitter_handle": "maya",
    "tx_hash": f"0x{DIGEST}",
    "url": "https://example.org/ratio?utm_source=x",
    "user_id": "maya",
    "value": "0.05",
    "wallet": WALLET,
    "wallet_address": WALLET,
}


def attributes_of(cls: type[Any]) -> "tuple[attrs.Attribute[Any], ...]":
    """The fields of an attrs class, with their types."""
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs.resolve_types(cls))
    return found


def example_of(cls: type[T]) -> T:
    """An instance that the class's own validators have let pass."""
    return cls(
        **{
            each.name: example_for(each.type, f"{cls.__name__}.{each.name}")
            for each in attributes_of(cls)
        }
    )


def example_for(kind: Any, name: str) -> Any:  # noqa: ANN401 - a type, and an instance of it
    """An example for a field, by its name if that says more than its type."""
    for key in (name, name.rpartition(".")[2]):
        if key in NAMED:
            return NAMED[key]
    arguments = [each for each in typing.get_args(kind) if each is not types.NoneType]
    if typing.get_origin(kind) is tuple:
        return (example_for(arguments[0], name),)
    if arguments:
        return example_for(arguments[0], name)
    if kind in PLAIN:
        return PLAIN[kind]
    return next(iter(kind)) if issubclass(kind, Enum) else example_of(kind)
