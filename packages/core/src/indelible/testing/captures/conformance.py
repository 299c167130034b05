"""The conformance suite of captures."""

from indelible.testing.captures.algorithms import AlgorithmsConformance
from indelible.testing.captures.ingest import CaptureIngestConformance
from indelible.testing.captures.integrity import CaptureIntegrityConformance
from indelible.testing.captures.spaces import SpacesConformance


class CapturesConformance(
    CaptureIngestConformance,
    SpacesConformance,
    AlgorithmsConformance,
    CaptureIntegrityConformance,
):
    """Subclass it, and give it a fixture `store` with an empty store.

    Its fixture `install` installs an algorithm version as the owner of the store's schema does
    before the version is activated.
    """
