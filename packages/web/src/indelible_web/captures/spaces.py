"""The routes of spaces and their subspaces; each user sees only their own."""

from typing import Final

from indelible import captures
from indelible_web.captures.schemas import (
    CentroidSummary,
    SpaceListQuery,
    SpaceQuery,
    SubspaceListQuery,
    SubspaceQuery,
    SubspaceSummary,
    SubspaceView,
)
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

READ: Final = "captures:read"
WRITE: Final = "captures:write"

routes = Routes("spaces", "The spaces of a user, and the subspaces that captures are assigned to.")


@routes.add(
    "POST /spaces",
    WRITE,
    request_type=captures.CreateSpace,
    response_type=captures.SpaceSaved,
    location_id=lambda saved: saved.space.id,
)
def create_space(context: OperationContext, command: captures.CreateSpace) -> captures.SpaceSaved:
    """Create a space; its model and dimension come from the settings where they are left out."""
    return context.run(captures.create_space, command)


@routes.pages(
    "GET /spaces",
    READ,
    request_type=SpaceListQuery,
    response_type=captures.SpaceSaved,
    reads_standby=True,
)
def list_spaces(context: OperationContext, query: SpaceListQuery) -> Page[captures.SpaceSaved]:
    """List the caller's spaces, retired ones included."""
    cursors = context.cursors(query)
    spaces = context.store.read(
        captures.list_spaces,
        query.user_id,
        matching=query,
        after=cursors.start(),
        limit=query.limit + 1,
    )
    return cursors.page(spaces, lambda saved: query.position_of(saved.space))


@routes.add(
    "GET /spaces/<space_id>",
    READ,
    request_type=SpaceQuery,
    response_type=captures.SpaceSaved,
    shows_head_alone=True,
)
def get_space(context: OperationContext, query: SpaceQuery) -> captures.SpaceSaved:
    """Show a space; its ETag is the If-Match of the next change."""
    return context.store.read(captures.get_space, query.user_id, query.space_id)


@routes.add(
    "PUT /spaces/<space_id>",
    WRITE,
    request_type=captures.RenameSpace,
    response_type=captures.SpaceSaved,
)
def rename_space(context: OperationContext, command: captures.RenameSpace) -> captures.SpaceSaved:
    """Rename a space."""
    return context.run(captures.rename_space, command)


@routes.add(
    "POST /spaces/<space_id>/retire",
    WRITE,
    request_type=captures.RetireSpace,
    response_type=captures.SpaceSaved,
)
def retire_space(context: OperationContext, command: captures.RetireSpace) -> captures.SpaceSaved:
    """Retire a space for good: it takes no more captures."""
    return context.run(captures.retire_space, command)


@routes.pages(
    "GET /spaces/<space_id>/subspaces",
    READ,
    request_type=SubspaceListQuery,
    response_type=SubspaceSummary,
    reads_standby=True,
)
def list_subspaces(context: OperationContext, query: SubspaceListQuery) -> Page[SubspaceSummary]:
    """List a space's subspaces, without their seeds."""
    cursors = context.cursors(query)
    subspaces = context.store.read(
        captures.list_subspaces,
        query.user_id,
        query.space_id,
        matching=query,
        after=cursors.start(),
        limit=query.limit + 1,
    )
    summaries = [project(SubspaceSummary, saved.subspace, seq=saved.seq) for saved in subspaces]
    return cursors.page(summaries, query.position_of)


@routes.pages(
    "GET /spaces/<space_id>/centroids",
    READ,
    request_type=SpaceQuery,
    response_type=CentroidSummary,
    reads_standby=True,
)
def list_centroids(context: OperationContext, query: SpaceQuery) -> Page[CentroidSummary]:
    """List every centroid of a space on one page, in order of id."""
    centroids = context.store.read(captures.list_centroids, query.user_id, query.space_id)
    summaries = [project(CentroidSummary, centroid) for centroid in centroids]
    return Page(items=tuple(summaries), next=None)


@routes.add(
    "POST /subspaces",
    WRITE,
    request_type=captures.CreateSubspace,
    response_type=captures.SubspaceSaved,
    location_id=lambda saved: saved.subspace.id,
)
def create_subspace(
    context: OperationContext, command: captures.CreateSubspace
) -> captures.SubspaceSaved:
    """Create a subspace, with a seed as its first centroid where one is known."""
    return context.run(captures.create_subspace, command)


@routes.add(
    "GET /subspaces/<subspace_id>", READ, request_type=SubspaceQuery, response_type=SubspaceView
)
def get_subspace(context: OperationContext, query: SubspaceQuery) -> SubspaceView:
    """Show a subspace with seed and centroid; its ETag is the If-Match of the next change."""
    details = context.store.read(captures.get_subspace, query.user_id, query.subspace_id)
    return SubspaceView(
        subspace=details.saved.subspace, centroid=details.centroid, seq=details.saved.seq
    )


@routes.add(
    "PUT /subspaces/<subspace_id>",
    WRITE,
    request_type=captures.RenameSubspace,
    response_type=captures.SubspaceSaved,
)
def rename_subspace(
    context: OperationContext, command: captures.RenameSubspace
) -> captures.SubspaceSaved:
    """Change the name and the description of a subspace."""
    return context.run(captures.rename_subspace, command)


@routes.add(
    "POST /subspaces/<subspace_id>/seed",
    WRITE,
    request_type=captures.SeedSubspace,
    response_type=captures.SubspaceSaved,
)
def seed_subspace(
    context: OperationContext, command: captures.SeedSubspace
) -> captures.SubspaceSaved:
    """Set the first centroid of a subspace, before any capture has moved it."""
    return context.run(captures.seed_subspace, command)


@routes.add(
    "POST /subspaces/<subspace_id>/retire",
    WRITE,
    request_type=captures.RetireSubspace,
    response_type=captures.SubspaceSaved,
)
def retire_subspace(
    context: OperationContext, command: captures.RetireSubspace
) -> captures.SubspaceSaved:
    """Retire a subspace for good: it takes no more captures and keeps those it has."""
    return context.run(captures.retire_subspace, command)
