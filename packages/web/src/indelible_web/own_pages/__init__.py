"""The console's pages of a host's context, which follow from its declaration.

| page | what it shows |
| --- | --- |
| `/console/tickets` | tickets by the declared filters, or by a text, a page at a time |
| `/console/tickets/new/open` | the form of an action that creates |
| `/console/tickets/<ticket_id>` | a ticket, the forms of its actions, its rows and its history |
| `/console/tickets/<ticket_id>/as-of` | a ticket as it was at a time |
| `/console/consents/<consent_id>/versions/<number>` | a consent as a version has it |

The scope `tickets:read` opens the pages, and `tickets:write` the forms.
"""

from collections.abc import Callable, Iterator
from functools import partial

from attrs import evolve
from werkzeug.wrappers import Response

from indelible_web.console.page import ConsolePage, EntitySearch, NavItem
from indelible_web.own_pages import details, forms, links, lists
from indelible_web.own_pages.subject import Subject

__all__ = ["Subject", "nav_of", "pages_of", "search_of"]


def pages_of(subject: Subject) -> Iterator[ConsolePage]:
    """Yield the pages of a context and the forms that are sent to them."""
    base = f"/{subject.segment}"
    one = f"{base}/<entity_id>"
    yield evolve(_page(subject, base, lists.show_list, "list"), reads_standby=True)
    yield _page(subject, one, details.show_one, "show")
    yield _page(subject, f"{one}/as-of", details.show_past, "past")
    if subject.entity.numbered_versions is not None:
        yield _page(subject, f"{one}/versions/<number>", details.show_version, "version")
    for own_action in subject.actions:
        name = own_action.name
        if own_action.is_creating:
            rule = f"{base}/new/{own_action.segment}"
            show_new = partial(forms.show_new, own_action=own_action)
            create = partial(forms.create, own_action=own_action)
            yield _page(subject, rule, show_new, f"new_{name}", is_write=True)
            yield _page(subject, rule, create, f"create_{name}", "POST", is_write=True)
        else:
            rule = f"{one}/{own_action.segment}"
            change = partial(forms.change, own_action=own_action)
            yield _page(subject, rule, change, f"do_{name}", "POST", is_write=True)


def _page(
    subject: Subject,
    rule: str,
    view: Callable[..., Response],
    name: str,
    method: str = "GET",
    *,
    is_write: bool = False,
) -> ConsolePage:
    """Return a page of a context."""
    return ConsolePage(
        rule=rule,
        view=partial(view, subject=subject),
        method=method,
        scopes=(subject.write_scope if is_write else subject.read_scope,),
        endpoint=subject.endpoint(name),
    )


def nav_of(subject: Subject) -> NavItem:
    """Return the link of the navigation to the list of a context."""
    return NavItem(
        key=subject.endpoint("list"),
        label=subject.title,
        endpoint=f"console.{subject.endpoint('list')}",
        scopes=(subject.read_scope,),
    )


def search_of(subject: Subject) -> EntitySearch:
    """Return what the search of all pages finds: an id, or the value of a unique field."""
    can_search = subject.context.search_fields and subject.text_name == "text"
    return EntitySearch(
        label=subject.title,
        find=partial(links.find, subject),
        scopes=(subject.read_scope,),
        list_endpoint=f"console.{subject.endpoint('list')}" if can_search else "",
    )
