"""The repository and service of captures that seed 001 names, over the formulas of any store."""

from collections.abc import Iterable

from attrs import frozen

from indelible.captures.commands import CaptureArtifactCommand, CaptureResult
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.vectors import as_embedding
from indelible.captures.ports import CapturesRead, CapturesWrite
from indelible.captures.rules.evaluation import FormulaEngine, check_nearest, check_value
from indelible.captures.rules.ingest import IngestStore, ingest, require_active_algorithm
from indelible.captures.rules.placing import MarginResult, choose_subspace, is_clear
from indelible.captures.rules.tuning import read_ingest_settings


@frozen
class StepwiseArtifactRepository:
    """The ArtifactRepository of a store that takes the steps of a capture one by one."""

    _tx: CapturesWrite
    _store: IngestStore

    def ingest_with_signal(self, command: CaptureArtifactCommand) -> CaptureResult:
        """Save the capture with everything that follows from it, or nothing."""
        request = command.to_request(self._tx.clock.now(), self._tx.ids, self._tx)
        signal = ingest(self._store, request, read_ingest_settings(self._tx.config))
        return CaptureResult.of(signal, replayed=signal.id != request.id)


@frozen
class MarginService:
    """The AssignmentMarginService of any store."""

    _tx: CapturesRead
    _engine: FormulaEngine

    def calculate_margin(
        self, vector: Iterable[float], user_id: str, space_id: str
    ) -> MarginResult:
        """Return what an ingest of the vector would decide now; SpaceNotFound, SpaceRetired."""
        space = self._tx.captures.spaces.get(space_id).entity
        space.require_owner(user_id).require_active()
        embedding = as_embedding(vector)
        space.require_model(space.model, len(embedding))

        algorithm = self._algorithm()
        nearest = self._engine.find_nearest(algorithm, space_id, embedding, None)
        settings = read_ingest_settings(self._tx.config)
        return choose_subspace(check_nearest(algorithm, nearest), None, settings)

    def calculate_margin_value(self, nearest: float, second: float) -> float:
        """Return what the active algorithm makes of two distances."""
        algorithm = self._algorithm()
        distances = {"nearest": nearest, "second": second}
        margin = self._engine.evaluate(algorithm, "margin", distances)
        return float(check_value(algorithm, "margin", margin))

    def get_threshold(self) -> float:
        """Return the margin from which a capture moves its centroid."""
        return read_ingest_settings(self._tx.config).threshold

    def should_update_centroid(self, margin: float) -> bool:
        """Return whether a capture of this margin moves its centroid."""
        return is_clear(margin, self.get_threshold())

    def _algorithm(self) -> AlgorithmVersion:
        return require_active_algorithm(self._tx.captures.search.active_algorithm())
