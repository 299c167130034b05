"""The names and the pages of entities that belong to no context: API keys and stages."""

from collections.abc import Collection, Mapping
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.kernel.keys import KEY
from indelible.kernel.stages import STAGE
from indelible_web.console.page import EntityLink, EntityLinks
from indelible_web.http.request import ADMIN, OPS, Caller


def key_links(tx: ReadTx, caller: Caller, key_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the id of each API key to its owner, and to its page for the owner and operators."""
    links: dict[str, EntityLink] = {}
    for key_id in key_ids:
        owner = tx.keys.get(key_id).entity.owner
        url = ""
        if owner == caller.actor or ADMIN in caller.scopes:
            url = url_for("console.show_key", key_id=key_id)
        links[key_id] = EntityLink(name=f"API key of {owner}", url=url)

    return links


def stage_links(_: ReadTx, caller: Caller, names: Collection[str]) -> Mapping[str, EntityLink]:
    """Map each stage to its page, which only operators may open."""
    links: dict[str, EntityLink] = {}
    for name in names:
        url = ""
        if caller.has_scope(OPS):
            url = url_for("console.show_stage", name=name)
        links[name] = EntityLink(name=name, url=url)

    return links


OWN_LINKS: Final[Mapping[str, EntityLinks]] = {KEY.name: key_links, STAGE.name: stage_links}
