"""The queries of captures: one function for each question. They never write."""

from collections.abc import Iterable, Iterator
from functools import cache

from attrs import frozen

from indelible.captures.commands import AlgorithmSaved, SettingSaved, SpaceSaved, SubspaceSaved
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.entities.records import Artifact, Centroid, Signal
from indelible.captures.entities.vectors import as_embedding
from indelible.captures.errors import ArtifactNotFound
from indelible.captures.ports import (
    ALL_ALGORITHMS,
    ALL_ARTIFACTS,
    ALL_SPACES,
    AlgorithmFilter,
    ArtifactFilter,
    CapturesRead,
    SpaceFilter,
)
from indelible.captures.rules.ingest import replay
from indelible.captures.rules.placing import MarginResult
from indelible.kernel.settings import ALL_SETTINGS, SettingFilter
from indelible.kernel.transaction import single_statement

PAGE_SIZE = 50
REPLAY_PAGE_SIZE = 500


@frozen(kw_only=True)
class SubspaceDetails:
    """A subspace with its centroid, and the seq that the next command on it must expect."""

    saved: SubspaceSaved
    centroid: Centroid | None


@frozen(kw_only=True)
class ArtifactMatch:
    """An artifact and its distance from the vector that was searched for."""

    artifact: Artifact
    distance: float


@single_statement
def get_space(tx: CapturesRead, user_id: str, space_id: str) -> SpaceSaved:
    """Return the user's space, with the seq that the next command must expect; SpaceNotFound."""
    head = tx.captures.spaces.get(space_id)
    return SpaceSaved(space=head.entity.require_owner(user_id), seq=head.revision.seq)


@single_statement
def list_spaces(
    tx: CapturesRead,
    user_id: str,
    *,
    matching: SpaceFilter = ALL_SPACES,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[SpaceSaved, ...]:
    """List the user's next matching spaces after a position, retired ones included."""
    heads = tx.captures.spaces.list_page(
        matching, where={"user_id": user_id}, after=after, limit=limit
    )
    return tuple(SpaceSaved(space=head.entity, seq=head.revision.seq) for head in heads)


def get_subspace(tx: CapturesRead, user_id: str, subspace_id: str) -> SubspaceDetails:
    """Return the user's subspace and its centroid; SubspaceNotFound."""
    head, centroid = tx.read_together(
        lambda: tx.captures.subspaces.get(subspace_id),
        lambda: tx.captures.search.centroid(subspace_id),
    )
    subspace = head.entity.require_owner(user_id)
    saved = SubspaceSaved(subspace=subspace, seq=head.revision.seq)
    return SubspaceDetails(saved=saved, centroid=centroid)


def list_subspaces(
    tx: CapturesRead,
    user_id: str,
    space_id: str,
    *,
    matching: SpaceFilter = ALL_SPACES,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[SubspaceSaved, ...]:
    """List the next matching subspaces of the user's space after a position."""
    _, heads = tx.read_together(
        lambda: get_space(tx, user_id, space_id),
        lambda: tx.captures.subspaces.list_page(
            matching, where={"space_id": space_id}, after=after, limit=limit
        ),
    )
    return tuple(SubspaceSaved(subspace=head.entity, seq=head.revision.seq) for head in heads)


def list_centroids(tx: CapturesRead, user_id: str, space_id: str) -> tuple[Centroid, ...]:
    """List every centroid of the user's space, in order of id."""
    _, centroids = tx.read_together(
        lambda: get_space(tx, user_id, space_id),
        lambda: tx.captures.search.centroids_of(space_id),
    )
    return centroids


def list_drift(
    tx: CapturesRead, user_id: str, subspace_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[Signal, ...]:
    """List the next captures that moved the subspace's centroid, in their order."""
    _, signals = tx.read_together(
        lambda: tx.captures.subspaces.get(subspace_id).entity.require_owner(user_id),
        lambda: tx.captures.search.applied_to(subspace_id, after=after, limit=limit),
    )
    return signals


def replay_centroid(
    tx: CapturesRead, user_id: str, subspace_id: str, *, algorithm_id: str | None = None
) -> Centroid | None:
    """Compute the subspace's centroid again from its captures.

    Each capture is computed by the algorithm version that it names, or all by `algorithm_id`.
    """
    subspace = get_subspace(tx, user_id, subspace_id).saved.subspace

    @cache
    def algorithm_of(named_id: str) -> AlgorithmVersion:
        return tx.captures.algorithms.get(algorithm_id or named_id).entity

    signals = _applied_signals(tx, subspace_id)
    return replay(subspace, signals, tx.captures.engine, algorithm_of)


@single_statement
def get_artifact(tx: CapturesRead, user_id: str, artifact_id: str) -> Artifact:
    """Return the user's artifact, or raise ArtifactNotFound."""
    artifact = tx.captures.search.artifact(artifact_id)
    if artifact.user_id != user_id:
        raise ArtifactNotFound(artifact_id)
    return artifact


def list_artifacts(
    tx: CapturesRead,
    user_id: str,
    space_id: str,
    *,
    matching: ArtifactFilter = ALL_ARTIFACTS,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[Artifact, ...]:
    """List the next matching artifacts of the user's space after a position."""
    _, artifacts = tx.read_together(
        lambda: get_space(tx, user_id, space_id),
        lambda: tx.captures.search.artifacts_of(space_id, matching, after=after, limit=limit),
    )
    return artifacts


def list_signals(
    tx: CapturesRead, user_id: str, artifact_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[Signal, ...]:
    """List the next captures of the user's artifact after a seq, oldest first."""
    _, signals = tx.read_together(
        lambda: get_artifact(tx, user_id, artifact_id),
        lambda: tx.captures.search.signals_of(artifact_id, after=after, limit=limit),
    )
    return signals


def recent_captures(
    tx: CapturesRead, user_id: str, space_id: str, *, limit: int = PAGE_SIZE
) -> tuple[Signal, ...]:
    """List the last captures of the user's space, newest first."""
    _, signals = tx.read_together(
        lambda: get_space(tx, user_id, space_id),
        lambda: tx.captures.search.recent(space_id, limit=limit),
    )
    return signals


def search_artifacts(
    tx: CapturesRead, user_id: str, space_id: str, vector: Iterable[float], *, limit: int = 10
) -> tuple[ArtifactMatch, ...]:
    """List the artifacts of the user's space that are nearest to a vector, nearest first."""
    space = get_space(tx, user_id, space_id).space
    embedding = as_embedding(vector)
    space.require_model(space.model, len(embedding))

    matches = tx.captures.search.nearest(space_id, embedding, limit=limit)
    return tuple(
        ArtifactMatch(artifact=artifact, distance=distance) for artifact, distance in matches
    )


def preview_margin(
    tx: CapturesRead, user_id: str, space_id: str, vector: Iterable[float]
) -> MarginResult:
    """Return what an ingest of the vector would decide now."""
    return tx.captures.margins.calculate_margin(vector, user_id, space_id)


@single_statement
def list_algorithms(
    tx: CapturesRead,
    *,
    matching: AlgorithmFilter = ALL_ALGORITHMS,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[AlgorithmSaved, ...]:
    """List the next matching algorithm versions after a position."""
    heads = tx.captures.algorithms.list_page(matching, after=after, limit=limit)
    return tuple(AlgorithmSaved(algorithm=head.entity, seq=head.revision.seq) for head in heads)


@single_statement
def list_settings(
    tx: CapturesRead,
    *,
    matching: SettingFilter = ALL_SETTINGS,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[SettingSaved, ...]:
    """List the next matching settings that were ever changed, after a position."""
    heads = tx.settings.list_page(matching, after=after, limit=limit)
    return tuple(SettingSaved(setting=head.entity, seq=head.revision.seq) for head in heads)


def _applied_signals(tx: CapturesRead, subspace_id: str) -> Iterator[Signal]:
    """Yield every capture that moved the subspace's centroid, in order."""
    after = 0
    while True:
        page = tx.captures.search.applied_to(subspace_id, after=after, limit=REPLAY_PAGE_SIZE)
        yield from page
        after += len(page)
        if len(page) < REPLAY_PAGE_SIZE:
            return
