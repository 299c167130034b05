"""The names and pages of contests, for history and for the search of all pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from flask import url_for

from indelible.app import ReadTx
from indelible.contests import Contest, ContestFilter
from indelible.kernel import NamedListOrder, NotFound
from indelible_web.console.page import EntityLink, EntitySearch
from indelible_web.contests.listing import is_visible
from indelible_web.contests.pages import READERS
from indelible_web.contests.routes import READ
from indelible_web.http.request import OPS, Caller


def contest_links(
    tx: ReadTx, caller: Caller, contest_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map the id of each contest, which is also that of its log, to its name and page."""
    links: dict[str, EntityLink] = {}
    for contest_id in contest_ids:
        contest = tx.contests.contests.get(contest_id).entity
        if _may_see(caller, contest):
            links[contest_id] = _link_of(contest)

    return links


def entry_links(tx: ReadTx, caller: Caller, entry_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the id of each of the caller's entries, for operators of all, to its contest's page."""
    links: dict[str, EntityLink] = {}
    for entry_id in entry_ids:
        entry = tx.contests.entries.get(entry_id).entity
        is_own = caller.may_read_as_owner(entry.user_id, READ)
        if not is_own and not caller.has_scope(OPS):
            continue
        contest = tx.contests.contests.get(entry.contest_id).entity
        if _may_see(caller, contest):
            name = f"Entry {entry.entry_number} of {entry.user_id} in {contest.contest_name}"
            links[entry_id] = EntityLink(name=name, url=_url_of(contest), status=entry.status)

    return links


def run_links(tx: ReadTx, caller: Caller, run_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the id of each settlement run to its contest's page, for operators."""
    links: dict[str, EntityLink] = {}
    for run_id in run_ids:
        run = tx.contests.runs.get(run_id).entity
        contest = tx.contests.contests.get(run.contest_id).entity
        if caller.has_scope(OPS):
            name = f"Run {run.number} of {contest.contest_name}"
            links[run_id] = EntityLink(name=name, url=_url_of(contest), status=run.status)

    return links


def find_contests(tx: ReadTx, caller: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the contest with this id, and those whose names begin with the text."""
    links: dict[str, EntityLink] = {}
    try:
        contest = tx.contests.contests.get(text).entity
        if _may_see(caller, contest):
            links[contest.id] = _link_of(contest)
    except NotFound:
        pass  # The text is no id of a contest.

    matching = ContestFilter(name_prefix=text, order=NamedListOrder.NAME)
    for head in tx.contests.contests.list_page(matching, after="", limit=limit):
        if _may_see(caller, head.entity):
            links[head.entity.id] = _link_of(head.entity)

    return tuple(links.values())[:limit]


def _may_see(caller: Caller, contest: Contest) -> bool:
    is_operator = caller.has_scope(OPS)
    return caller.has_scope(*READERS) and is_visible(contest, is_operator=is_operator)


def _link_of(contest: Contest) -> EntityLink:
    return EntityLink(name=contest.contest_name, url=_url_of(contest), status=contest.status)


def _url_of(contest: Contest) -> str:
    return url_for("console.contest", contest_id=contest.id)


CONTEST_SEARCH: Final = EntitySearch(label="Contests", find=find_contests, scopes=READERS)
