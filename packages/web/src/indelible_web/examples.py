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

T = TypeVar("T")


class Ignored:
    """The type of a field that may hold anything, and is not looked at."""


CONCEPT_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d01"
SPACE_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d11"
SUBSPACE_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d12"
ARTIFACT_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d13"
VECTOR: Final = Vector((1.0, 0.0, 0.0))
DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
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
    "action": "create",
    "algorithm_id": "oscl-1",
    "algorithm_version": "oscl-1",
    "artifact_id": ARTIFACT_ID,
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
    "examples": ("The ratio of 6 to 3 is 2.",),
    "explanation": "It says how many times one quantity contains the other, whatever their units are.",
    "formulas": SPHERICAL,
    "from_state": "",
    "hash": DIGEST,
    "ignored": ("margin",),
    "key": "assignment_margin_threshold",
    "learning_objective": "Explain how two quantities compare.",
    "lifecycle": "concept",
    "limit": 50,
    "message": "The definition has fewer than 3 words.",
    "misconceptions": ("A larger number always comes first.",),
    "model": "model-1",
    "name": "Ratio",
    "named_subspace_id": SUBSPACE_ID,
    "nearest_subspace_id": SUBSPACE_ID,
    "needed_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d02",
    "normalized_url": "https://example.org/ratio",
    "params": ("3",),
    "prerequisites": ("Division",),
    "prev_hash": "",
    "problem": None,
    "reason": "a first draft for the course on fractions",
    "replayed": False,
    "request_id": "0199e1c8-7c1e-7d02-b7a4-0e5a1d3c8f00",
    "scope_boundaries": "Whole numbers only.",
    "session_id": "session-1",
    "severity": Severity.MINOR,
    "signal_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d14",
    "similarity_percent": 80,
    "space_id": SPACE_ID,
    "subspace_id": SUBSPACE_ID,
    "text": "ratio",
    "to_state": "DRAFT",
    "to_version": 2,
    "url": "https://example.org/ratio?utm_source=x",
    "user_id": "maya",
    "value": "0.05",
}


def attributes_of(cls: type[Any]) -> "tuple[attrs.Attribute[Any], ...]":
    """The fields of an attrs class, with their types."""
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs.resolve_types(cls))
    return found


def example_of(cls: type[T]) -> T:
    """An instance that the class's own validators have let pass."""
    return cls(**{each.name: example_for(each.type, f"{cls.__name__}.{each.name}") for each in attributes_of(cls)})


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
