"""Examples for the fields of concepts' operations."""

from collections.abc import Mapping
from typing import Final

from indelible.concepts import Severity
from indelible_web.http.examples import DIGEST, ENTITY_ID

EXAMPLES: Final[Mapping[str, object]] = {
    "Concept.id": ENTITY_ID,
    "ConceptNode.id": ENTITY_ID,
    "ConceptVersion.id": "0199e1c8-7c20-7b11-9a51-6c0d2b7fe402",
    "ConceptWarning.field": "definition",
    "FieldDiff.field": "definition",
    "change_note": "says it more plainly",
    "code": "DEF_SHORT",
    "concept_id": ENTITY_ID,
    "corrects": None,
    "data": {"version": DIGEST, "warnings": DIGEST},
    "definition": "A comparison of two quantities by division.",
    "examples": ("The ratio of 6 to 3 is 2.",),
    "explanation": (
        "It says how many times one quantity contains the other, whatever their units are."
    ),
    "learning_objective": "Explain how two quantities compare.",
    "lifecycle": "concept",
    "message": "The definition has fewer than 3 words.",
    "misconceptions": ("A larger number always comes first.",),
    "name": "Ratio",
    "needed_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d02",
    "params": ("3",),
    "prerequisites": ("Division",),
    "scope_boundaries": "Whole numbers only.",
    "severity": Severity.MINOR,
    "similarity_percent": 80,
    "text": "ratio",
    "to_state": "DRAFT",
    "to_version": 2,
}
