"""The console's page of operations: what is wrong now, with its runbook, and each part's state."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import Head
from indelible.kernel.runbooks import (
    RUNNING,
    ExecutionFilter,
    RunbookExecution,
    list_executions,
)
from indelible.kernel.silence import SubjectKind, SubjectState, subject_states
from indelible.kernel.subscribers import SubscriberLag, subscriber_lags
from indelible_web.console.context import ConsoleContext
from indelible_web.console.home import worst_first
from indelible_web.console.home_parts import AttentionItem, HomeSource, Section
from indelible_web.console.layout import render_page
from indelible_web.console.page import ConsolePage, NavItem
from indelible_web.http.request import OPS

MAX_EXECUTIONS: Final = 20  # of each state that is no end, and of the newest ones


@frozen(kw_only=True)
class SectionView:
    """A part of the service and what is wrong with it, the worst first."""

    section: Section
    items: tuple[AttentionItem, ...]


@frozen(kw_only=True)
class OperationsView:
    """Everything that the page of operations shows, read from one view of the store.

    `backups` are among the subjects that must succeed again and again; `subjects` are the others.
    `full_states` are those of which more executions have not ended than are shown.
    """

    items: tuple[AttentionItem, ...]
    sections: tuple[SectionView, ...]
    subjects: tuple[SubjectState, ...]
    backups: tuple[SubjectState, ...]
    lags: tuple[SubscriberLag, ...]
    open_executions: tuple[Head[RunbookExecution], ...]
    full_states: tuple[str, ...]
    newest_executions: tuple[Head[RunbookExecution], ...]


def show_operations(console: ConsoleContext) -> Response:
    """Show what is wrong now, the worst first, and the state of each part of the service."""
    context = console.operation(scope=OPS)
    now = context.clock.now()
    sources = [one for one in console.home_sources() if one.is_visible_to(context.caller)]
    view = context.store.read(_read_operations, sources, now)
    return render_page("console/operations", view=view, now=now)


def _read_operations(tx: ReadTx, sources: Iterable[HomeSource], now: datetime) -> OperationsView:
    items: list[AttentionItem] = []
    for source in sources:
        for item in source.query(tx, now).items:
            if item.section is not None:
                items.append(item)
    items = worst_first(items)

    subjects: list[SubjectState] = []
    backups: list[SubjectState] = []
    for state in subject_states(tx):
        parts = backups if state.kind is SubjectKind.BACKUP else subjects
        parts.append(state)

    open_executions: list[Head[RunbookExecution]] = []
    full_states: list[str] = []
    for status in RUNNING:
        matching = ExecutionFilter(status=status)
        heads = list_executions(tx, matching, limit=MAX_EXECUTIONS + 1)
        open_executions += heads[:MAX_EXECUTIONS]
        if len(heads) > MAX_EXECUTIONS:
            full_states.append(status)

    return OperationsView(
        items=tuple(items),
        sections=_sections(items),
        subjects=tuple(subjects),
        backups=tuple(backups),
        lags=subscriber_lags(tx, now),
        open_executions=tuple(open_executions),
        full_states=tuple(full_states),
        newest_executions=list_executions(tx, limit=MAX_EXECUTIONS),
    )


def _sections(items: Sequence[AttentionItem]) -> tuple[SectionView, ...]:
    sections: list[SectionView] = []
    for section in Section:
        own = tuple(item for item in items if item.section is section)
        sections.append(SectionView(section=section, items=own))
    return tuple(sections)


PAGES: Final = (ConsolePage(rule="/operations", view=show_operations),)
NAV: Final = NavItem(
    key="operations", label="Operations", endpoint="console.show_operations", scopes=(OPS,)
)
