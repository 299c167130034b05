"""Routes and pages of concepts."""

from typing import Final

from indelible.concepts import CONCEPT
from indelible_web.concepts import editing, lists, pages, routes
from indelible_web.concepts.descriptions import DESCRIPTIONS
from indelible_web.concepts.examples import EXAMPLES
from indelible_web.concepts.home import concepts_part
from indelible_web.console.home_parts import HomeSource
from indelible_web.console.page import NavItem
from indelible_web.context import WebContext

CONTEXT: Final = WebContext(
    name="concepts",
    routes=(routes.routes,),
    lifecycles=(CONCEPT,),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    pages=(*lists.PAGES, *pages.PAGES, *editing.PAGES),
    home=(HomeSource(query=concepts_part),),
    nav=(
        NavItem(key="concepts", label="Concepts", endpoint="console.list_concepts"),
        NavItem(key="reviews", label="Reviews", endpoint="console.list_reviews"),
    ),
    template_package="indelible_web.concepts",
    action_labels=pages.ACTION_LABELS,
    entity_links={CONCEPT.name: lists.concept_links},
    searches=(lists.SEARCH,),
    hidden_form_fields=frozenset({"expected_seq", "base_seq", "corrects", "more", "unnamed"}),
)
