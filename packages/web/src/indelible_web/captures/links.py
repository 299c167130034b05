"""The names and pages of spaces and subspaces, for history and for the search of all pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from flask import url_for

from indelible import captures
from indelible.app import ReadTx
from indelible.captures import Space, SpaceFilter
from indelible.kernel import NamedListOrder, NotFound
from indelible.kernel.audit import ActorKind
from indelible_web.captures.spaces import READ
from indelible_web.console.page import EntityLink, EntitySearch
from indelible_web.http.request import Caller


def space_links(tx: ReadTx, caller: Caller, space_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the id of each of the caller's spaces to its name and page."""
    links: dict[str, EntityLink] = {}
    for space_id in space_ids:
        space = tx.captures.spaces.get(space_id).entity
        if caller.may_read_as_owner(space.user_id, READ):
            links[space_id] = _link_of(space)

    return links


def subspace_links(
    tx: ReadTx, caller: Caller, subspace_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map the id of each of the caller's subspaces to its name and its space's page."""
    links: dict[str, EntityLink] = {}
    for subspace_id in subspace_ids:
        subspace = tx.captures.subspaces.get(subspace_id).entity
        if caller.may_read_as_owner(subspace.user_id, READ):
            url = url_for("console.space", space_id=subspace.space_id)
            links[subspace_id] = EntityLink(name=subspace.name, url=url)

    return links


def find_spaces(tx: ReadTx, caller: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the caller's space with this id, and those whose names begin with the text."""
    if caller.actor.kind is not ActorKind.USER:
        return ()

    links: dict[str, EntityLink] = {}
    try:
        space = captures.get_space(tx, caller.user_id, text).space
        links[space.id] = _link_of(space)
    except NotFound:
        pass  # The text is no id of a space.

    matching = SpaceFilter(name_prefix=text, order=NamedListOrder.NAME)
    for saved in captures.list_spaces(tx, caller.user_id, matching=matching, limit=limit):
        links[saved.space.id] = _link_of(saved.space)

    return tuple(links.values())[:limit]


def _link_of(space: Space) -> EntityLink:
    url = url_for("console.space", space_id=space.id)
    return EntityLink(name=space.name, url=url, status=space.status)


SEARCH: Final = EntitySearch(label="Spaces", find=find_spaces, scopes=(READ,))
