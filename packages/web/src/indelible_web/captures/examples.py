"""Examples for the fields of captures' operations."""

from collections.abc import Mapping
from typing import Final

from indelible.captures import SPHERICAL, Decision, Vector
from indelible_web.http.examples import DIGEST

SPACE_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d11"
SUBSPACE_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d12"
ARTIFACT_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d13"
CONTENT: Final = "A ratio says how many times one number contains another."

EXAMPLES: Final[Mapping[str, object]] = {
    "ArtifactSummary.title": "Ratios",
    "ArtifactView.content": CONTENT,
    "ArtifactView.title": "Ratios",
    "CaptureItem.status": 201,
    "CaptureRequest.content": CONTENT,
    "CaptureRequest.title": "Ratios",
    "CaptureResponse.warnings": ("CLIENT_VALUE_IGNORED",),
    "SignalView.title": "Ratios",
    "SignalView.warnings": (),
    "Space.id": SPACE_ID,
    "Subspace.id": SUBSPACE_ID,
    "algorithm_id": "oscl-1",
    "algorithm_version": "oscl-1",
    "artifact_id": ARTIFACT_ID,
    "capture_key": "tab-7-2026-01-01",
    "checksum": DIGEST,
    "decision": Decision.UPDATED,
    "description": "What is read about fractions.",
    "dimension": 3,
    "embedding": Vector((1.0, 0.0, 0.0)),
    "embedding_model": "model-1",
    "formulas": SPHERICAL,
    "ignored": ("margin",),
    "key": "assignment_margin_threshold",
    "model": "model-1",
    "name": "Fractions",
    "named_subspace_id": SUBSPACE_ID,
    "nearest_subspace_id": SUBSPACE_ID,
    "normalized_url": "https://example.org/ratio",
    "CaptureItem.problem": None,
    "replayed": False,
    "session_id": "session-1",
    "signal_id": "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d14",
    "space_id": SPACE_ID,
    "subspace_id": SUBSPACE_ID,
    "text": "ratio",
    "url": "https://example.org/ratio?utm_source=x",
    "user_id": "maya",
    "value": "0.05",
}
