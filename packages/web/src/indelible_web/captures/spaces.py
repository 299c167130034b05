"""The routes of spaces and their subspaces: each user sees their own, and nobody else's."""

from datetime import datetime
from typing import Final

from attrs import field, frozen

from indelible import captures
from indelible.captures.lifecycle import SpaceStatus
from indelible.kernel.values import IDENTIFIER, is_identifier
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes

READ: Final = "captures:read"
WRITE: Final = "captures:write"

routes = Routes("spaces", "What captures gather in: a user's spaces, and the parts of each.")


@frozen(kw_only=True)
class Own:
    """What belongs to the caller."""

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class OfSpace(Own):
    """Which space."""

    space_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class OfSubspace(Own):
    """Which subspace."""

    subspace_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class SpaceListQuery(Own, PageQuery):
    """Which page of the caller's spaces."""


@frozen(kw_only=True)
class SpacePageQuery(OfSpace, PageQuery):
    """Which space, and which page of what belongs to it."""


@frozen(kw_only=True)
class SubspaceFound:
    """A subspace with its seed, the centroid that its captures have drawn, and its seq."""

    subspace: captures.Subspace
    centroid: captures.Centroid | None
    seq: int


@frozen(kw_only=True)
class SubspaceListed:
    """A subspace as a list shows it, without its seed."""

    id: str
    name: str
    description: str
    status: SpaceStatus
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class CentroidListed:
    """A subspace's centroid as a list shows it, without its place; `seq` captures drew it on."""

    id: str
    seq: int
    confidence: float
    created_at: datetime
    updated_at: datetime


@routes.add(
    "POST /spaces",
    WRITE,
    request_type=captures.CreateSpace,
    response_type=captures.SpaceSaved,
    location_id=lambda saved: saved.space.id,
)
def create_space(context: OperationContext, command: captures.CreateSpace) -> captures.SpaceSaved:
    """Begin a space of one model and dimension, the settings' where none is given."""
    return context.run(captures.create_space, command)


@routes.pages("GET /spaces", READ, request_type=SpaceListQuery, response_type=captures.SpaceSaved)
def find_spaces(context: OperationContext, query: SpaceListQuery) -> Page[captures.SpaceSaved]:
    """List the caller's own spaces, retired ones too."""
    cursors = context.cursors(query)
    found = context.store.read(
        captures.list_spaces, query.user_id, after=cursors.start(), limit=query.limit + 1
    )
    return cursors.page(found, lambda saved: saved.space.id)


@routes.add("GET /spaces/<space_id>", READ, request_type=OfSpace, response_type=captures.SpaceSaved)
def show_space(context: OperationContext, query: OfSpace) -> captures.SpaceSaved:
    """Show a space; the ETag is what a change must be made for."""
    return context.store.read(captures.get_space, query.user_id, query.space_id)


@routes.add(
    "PUT /spaces/<space_id>",
    WRITE,
    request_type=captures.RenameSpace,
    response_type=captures.SpaceSaved,
)
def rename_space(context: OperationContext, command: captures.RenameSpace) -> captures.SpaceSaved:
    """Give a space another name."""
    return context.run(captures.rename_space, command)


@routes.add(
    "POST /spaces/<space_id>/retire",
    WRITE,
    request_type=captures.RetireSpace,
    response_type=captures.SpaceSaved,
)
def retire_space(context: OperationContext, command: captures.RetireSpace) -> captures.SpaceSaved:
    """Let a space take no more captures, for good."""
    return context.run(captures.retire_space, command)


@routes.pages(
    "GET /spaces/<space_id>/subspaces",
    READ,
    request_type=SpacePageQuery,
    response_type=SubspaceListed,
)
def find_subspaces(context: OperationContext, query: SpacePageQuery) -> Page[SubspaceListed]:
    """List a space's subspaces, without their seeds."""
    cursors, read = context.cursors(query), context.store.read
    after, limit = cursors.start(), query.limit + 1
    found = read(captures.list_subspaces, query.user_id, query.space_id, after=after, limit=limit)
    return cursors.page(
        [project(SubspaceListed, each.subspace, seq=each.seq) for each in found],
        lambda each: each.id,
    )


@routes.pages(
    "GET /spaces/<space_id>/centroids", READ, request_type=OfSpace, response_type=CentroidListed
)
def find_centroids(context: OperationContext, query: OfSpace) -> Page[CentroidListed]:
    """List every centroid of a space that captures have drawn on, all on one page, by their subspaces' ids."""
    found = context.store.read(captures.list_centroids, query.user_id, query.space_id)
    return Page(items=tuple(project(CentroidListed, each) for each in found), next=None)


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
    """Begin a part of a space, with the centroid that its captures begin from where one is known."""
    return context.run(captures.create_subspace, command)


@routes.add(
    "GET /subspaces/<subspace_id>", READ, request_type=OfSubspace, response_type=SubspaceFound
)
def show_subspace(context: OperationContext, query: OfSubspace) -> SubspaceFound:
    """Show a subspace with its seed and its centroid; the ETag is what a change must be made for."""
    found = context.store.read(captures.get_subspace, query.user_id, query.subspace_id)
    return SubspaceFound(
        subspace=found.saved.subspace, centroid=found.centroid, seq=found.saved.seq
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
    """Give a subspace another name and description."""
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
    """Give a subspace its first centroid, before any capture has."""
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
    """Let a subspace take no more captures, for good; what it has stays."""
    return context.run(captures.retire_subspace, command)
