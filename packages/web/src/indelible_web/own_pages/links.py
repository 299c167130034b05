"""The names and the pages of a host's aggregates, for history and for the search of all pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from indelible.app import ReadTx
from indelible.kernel import Head, Invalid, NotFound
from indelible.kernel.lists import ListFilter, ListOrder
from indelible.kernel.questions import listed
from indelible_web.console.page import EntityLink, EntityLinks, NewestLinks
from indelible_web.http.request import Caller
from indelible_web.own_pages.subject import Subject

MAX_OFFERED: Final = 50  # aggregates to which a form offers to refer


def links_of(
    subject: Subject, tx: ReadTx, caller: Caller, entity_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map each id to the label and the page, for callers who may read the aggregates."""
    if not caller.has_scope(subject.read_scope):
        return {}
    heads = subject.context.of(tx).select(listed("id", tuple(entity_ids)))
    return {head.id: _link_of(subject, head) for head in heads}


def newest_links_of(subject: Subject, tx: ReadTx, caller: Caller) -> Mapping[str, EntityLink]:
    """Map the ids of the newest aggregates to their links, for callers who may read them."""
    if not caller.has_scope(subject.read_scope):
        return {}
    newest = ListFilter(order=ListOrder.NEWEST)
    heads = subject.context.of(tx).list_page(newest, after="", limit=MAX_OFFERED)
    return {head.id: _link_of(subject, head) for head in heads}


def find(subject: Subject, tx: ReadTx, _: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the aggregate with this id, and those with this value in a unique field."""
    links: dict[str, EntityLink] = {}
    try:
        head = subject.context.get(tx, text)
        links[head.id] = _link_of(subject, head)
    except NotFound:
        pass  # The text is no id of one.
    for name in subject.unique_fields:
        for head in _of_value(subject, tx, name, text):
            links[head.id] = _link_of(subject, head)

    return tuple(links.values())[:limit]


def reference_links(
    tx: ReadTx,
    subject: Subject,
    caller: Caller,
    heads: Sequence[Head[Any]],
    entity_links: Mapping[str, EntityLinks],
) -> Mapping[tuple[str, str], EntityLink]:
    """Map the fields that refer to another aggregate, each with its id, to that one's page."""
    links: dict[tuple[str, str], EntityLink] = {}
    for reference in subject.entity.references:
        ids = {getattr(head.entity, reference.field) for head in heads} - {None}
        target = reference.target_of(subject.entity).lifecycle.name
        if not ids or target not in entity_links:
            continue
        for entity_id, link in entity_links[target](tx, caller, ids).items():
            links[reference.field, entity_id] = link

    return links


def offered_links(
    tx: ReadTx, caller: Caller, newest_links: Mapping[str, NewestLinks]
) -> Mapping[str, Mapping[str, EntityLink]]:
    """Map fields that refer to another aggregate to the newest ones, by their ids."""
    return {name: newest(tx, caller) for name, newest in newest_links.items()}


def _of_value(subject: Subject, tx: ReadTx, name: str, text: str) -> Sequence[Head[Any]]:
    """Return the aggregate with a text in a unique field; an enumeration has no other texts."""
    control = next(one for one in subject.fields if one.name == name)
    try:
        value = control.value_type(text)
        return subject.context.of(tx).select(limit=1, **{name: value})
    except (ValueError, Invalid):
        return ()


def _link_of(subject: Subject, head: Head[Any]) -> EntityLink:
    name = subject.label_of(head.entity)
    line = subject.line_of(head.entity)
    if line:
        name = f"{name}: {line}"
    return EntityLink(name=name, url=subject.url("show", head.id), status=str(head.entity.status))
