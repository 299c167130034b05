"""Routes and pages of contests."""

from typing import Final

from indelible.contests import (
    CONTEST,
    CONTEST_LOG,
    ENTRY,
    PROVIDER_FEED,
    SETTLEMENT_RUN,
    CancelContest,
    ConfigureContest,
    CorrectLog,
    EnterContest,
    ForceLock,
    ImportField,
    PauseIngestion,
    PublishContest,
    ResolveError,
    ResumeIngestion,
    SetRoster,
)
from indelible.contests.rules.needs import NEEDED_CONTEXTS
from indelible_web.console.home_parts import HomeSource
from indelible_web.console.page import NavItem
from indelible_web.contests import (
    admin,
    admin_checks,
    admin_reads,
    contest_forms,
    contest_pages,
    entries,
    links,
    pages,
    routes,
    watching,
)
from indelible_web.contests.causes import prize_causes
from indelible_web.contests.descriptions import DESCRIPTIONS
from indelible_web.contests.examples import EXAMPLES
from indelible_web.contests.home import contests_part
from indelible_web.context import WebContext

COMMANDS: Final = (
    CancelContest,
    ConfigureContest,
    CorrectLog,
    EnterContest,
    ForceLock,
    ImportField,
    PauseIngestion,
    PublishContest,
    ResolveError,
    ResumeIngestion,
    SetRoster,
)
CONTEXT: Final = WebContext(
    name="contests",
    needs=NEEDED_CONTEXTS,
    routes=(routes.routes, entries.routes),
    admin_routes=(admin.routes, admin_checks.routes, admin_reads.routes, watching.routes),
    lifecycles=(CONTEST, ENTRY, CONTEST_LOG, PROVIDER_FEED, SETTLEMENT_RUN),
    commands=tuple(command.command_name for command in COMMANDS),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    pages=(*pages.PAGES, *contest_pages.PAGES, *contest_forms.PAGES),
    nav=(
        NavItem(
            key="contests",
            label="Contests",
            endpoint="console.list_contests",
            scopes=pages.READERS,
        ),
    ),
    home=(HomeSource(query=contests_part, scopes=pages.READERS),),
    causes=(prize_causes,),
    template_package="indelible_web.contests",
    action_labels=pages.ACTION_LABELS,
    entity_links={
        CONTEST.name: links.contest_links,
        CONTEST_LOG.name: links.contest_links,
        ENTRY.name: links.entry_links,
        SETTLEMENT_RUN.name: links.run_links,
    },
    searches=(links.CONTEST_SEARCH,),
)
