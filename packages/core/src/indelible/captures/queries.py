"""Questions about captures; none of them writes."""

from collections.abc import Iterable, Iterator
from functools import cache

from attrs import frozen

from indelible.captures.commands import AlgorithmSaved, SettingSaved, SpaceSaved, SubspaceSaved
from indelible.captures.entities import Artifact, Centroid, Signal, as_embedding
from indelible.captures.errors import ArtifactNotFound
from indelible.captures.ports import CapturesRead
from indelible.captures.rules.ingest import formula_evaluator, replayed
from indelible.captures.rules.placing import Compute, MarginResult

PAGE = 50
REPLAYED_AT_ONCE = 500


@frozen(kw_only=True)
class SubspaceShown:
    """A subspace, where its captures have drawn its middle, and the seq that the next command must expect."""

    saved: SubspaceSaved
    centroid: Centroid | None


@frozen(kw_only=True)
class ArtifactFound:
    """An artifact, and how far it is from what was asked for."""

    artifact: Artifact
    distance: float


def get_space(tx: CapturesRead, user_id: str, space_id: str) -> SpaceSaved:
    """The user's space, with the seq that the next command must expect; SpaceNotFound."""
    head = tx.spaces.get(space_id)
    return SpaceSaved(space=head.entity.require_owner(user_id), seq=head.revision.seq)


def list_spaces(
    tx: CapturesRead, user_id: str, *, after: str = "", limit: int = PAGE
) -> tuple[SpaceSaved, ...]:
    """The user's next `limit` spaces after an id, in order of id, retired ones too."""
    found = tx.captures.spaces_of(user_id, after=after, limit=limit)
    return tuple(SpaceSaved(space=head.entity, seq=head.revision.seq) for head in found)


def get_subspace(tx: CapturesRead, user_id: str, subspace_id: str) -> SubspaceShown:
    """The user's subspace and its centroid; SubspaceNotFound."""
    head = tx.subspaces.get(subspace_id)
    saved = SubspaceSaved(subspace=head.entity.require_owner(user_id), seq=head.revision.seq)
    return SubspaceShown(saved=saved, centroid=tx.captures.centroid(subspace_id))


def list_subspaces(
    tx: CapturesRead, user_id: str, space_id: str, *, after: str = "", limit: int = PAGE
) -> tuple[SubspaceSaved, ...]:
    """The next `limit` subspaces of the user's space after an id, in order of id."""
    get_space(tx, user_id, space_id)
    found = tx.captures.subspaces_of(space_id, after=after, limit=limit)
    return tuple(SubspaceSaved(subspace=head.entity, seq=head.revision.seq) for head in found)


def list_centroids(tx: CapturesRead, user_id: str, space_id: str) -> tuple[Centroid, ...]:
    """Every centroid of the user's space that captures have drawn on, in order of id."""
    get_space(tx, user_id, space_id)
    return tx.captures.centroids_of(space_id)


def list_drift(
    tx: CapturesRead, user_id: str, subspace_id: str, *, after: int = 0, limit: int = PAGE
) -> tuple[Signal, ...]:
    """The next `limit` captures that drew the subspace's centroid on, in their order."""
    get_subspace(tx, user_id, subspace_id)
    return tx.captures.applied_to(subspace_id, after=after, limit=limit)


def replay_centroid(
    tx: CapturesRead, user_id: str, subspace_id: str, *, algorithm_id: str | None = None
) -> Centroid | None:
    """The centroid that the subspace's captures give again, by the versions that they name, or all by one version."""
    subspace = get_subspace(tx, user_id, subspace_id).saved.subspace

    def compute_by(named: str) -> Compute:
        return formula_evaluator(tx.captures, tx.algorithms.get(algorithm_id or named).entity)

    return replayed(subspace, _applied(tx, subspace_id), cache(compute_by))


def _applied(tx: CapturesRead, subspace_id: str) -> Iterator[Signal]:
    after = 0
    while page := tx.captures.applied_to(subspace_id, after=after, limit=REPLAYED_AT_ONCE):
        yield from page
        after += len(page)


def get_artifact(tx: CapturesRead, user_id: str, artifact_id: str) -> Artifact:
    """The user's artifact, or ArtifactNotFound."""
    found = tx.captures.artifact(artifact_id)
    if found.user_id != user_id:
        raise ArtifactNotFound(artifact_id)
    return found


def list_artifacts(
    tx: CapturesRead, user_id: str, space_id: str, *, after: str = "", limit: int = PAGE
) -> tuple[Artifact, ...]:
    """The next `limit` artifacts of the user's space after an id, in order of id."""
    get_space(tx, user_id, space_id)
    return tx.captures.artifacts_of(space_id, after=after, limit=limit)


def list_signals(
    tx: CapturesRead, user_id: str, artifact_id: str, *, after: int = 0, limit: int = PAGE
) -> tuple[Signal, ...]:
    """The next `limit` captures of the user's artifact after a seq, oldest first."""
    get_artifact(tx, user_id, artifact_id)
    return tx.captures.signals_of(artifact_id, after=after, limit=limit)


def recent_captures(
    tx: CapturesRead, user_id: str, space_id: str, *, limit: int = PAGE
) -> tuple[Signal, ...]:
    """The last `limit` captures of the user's space, newest first."""
    get_space(tx, user_id, space_id)
    return tx.captures.recent(space_id, limit=limit)


def search_artifacts(
    tx: CapturesRead, user_id: str, space_id: str, vector: Iterable[float], *, limit: int = 10
) -> tuple[ArtifactFound, ...]:
    """The user's artifacts nearest to a vector of the space's dimension, nearest first."""
    space = get_space(tx, user_id, space_id).space
    wanted = as_embedding(vector)
    space.require_model(space.model, len(wanted))
    found = tx.captures.nearest(space_id, wanted, limit=limit)
    return tuple(
        ArtifactFound(artifact=artifact, distance=distance) for artifact, distance in found
    )


def preview_margin(
    tx: CapturesRead, user_id: str, space_id: str, vector: Iterable[float]
) -> MarginResult:
    """What an ingest of the vector would decide now."""
    return tx.margins.calculate_margin(vector, user_id, space_id)


def list_algorithms(
    tx: CapturesRead, *, after: str = "", limit: int = PAGE
) -> tuple[AlgorithmSaved, ...]:
    """The next `limit` versions of the algorithm after an id, in order of id."""
    found = tx.algorithms.page(after=after, limit=limit)
    return tuple(AlgorithmSaved(algorithm=head.entity, seq=head.revision.seq) for head in found)


def list_settings(
    tx: CapturesRead, *, after: str = "", limit: int = PAGE
) -> tuple[SettingSaved, ...]:
    """The next `limit` settings that were ever chosen, in order of name."""
    found = tx.settings.page(after=after, limit=limit)
    return tuple(SettingSaved(setting=head.entity, seq=head.revision.seq) for head in found)
