"""Routes and pages of captures."""

from typing import Final

from indelible.captures import ALGORITHM, SETTING, SPACE, SUBSPACE
from indelible_web.captures import admin, algorithms, links, pages, routes, spaces
from indelible_web.captures.descriptions import DESCRIPTIONS
from indelible_web.captures.embedding import EMBED_COMMAND
from indelible_web.captures.examples import EXAMPLES
from indelible_web.console.page import NavItem
from indelible_web.context import WebContext

CONTEXT: Final = WebContext(
    name="captures",
    routes=(spaces.routes, routes.routes, algorithms.routes),
    admin_routes=(admin.routes,),
    lifecycles=(SPACE, SUBSPACE, ALGORITHM, SETTING),
    commands=("capture_artifact", EMBED_COMMAND),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    pages=pages.PAGES,
    nav=(NavItem(key="spaces", label="Spaces", endpoint="console.spaces", scopes=(spaces.READ,)),),
    template_package="indelible_web.captures",
    action_labels=pages.ACTION_LABELS,
    entity_links={SPACE.name: links.space_links, SUBSPACE.name: links.subspace_links},
    searches=(links.SEARCH,),
)
