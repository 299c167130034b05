"""Routes and pages of projects."""

from typing import Final

from indelible.projects import (
    JOB,
    PROJECT,
    AddPrompt,
    CancelJob,
    RetryJob,
    SetNodes,
)
from indelible_web.console.home_parts import HomeSource
from indelible_web.console.page import NavItem
from indelible_web.context import WebContext
from indelible_web.projects import admin, job_pages, jobs, links, pages, routes
from indelible_web.projects.descriptions import DESCRIPTIONS
from indelible_web.projects.examples import EXAMPLES
from indelible_web.projects.home import projects_part

CONTEXT: Final = WebContext(
    name="projects",
    routes=(routes.routes, jobs.routes),
    admin_routes=(admin.routes,),
    lifecycles=(PROJECT, JOB),
    commands=(
        AddPrompt.command_name,
        CancelJob.command_name,
        RetryJob.command_name,
        SetNodes.command_name,
        admin.CleanWorkspaces.command_name,
    ),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    pages=(*pages.PAGES, *job_pages.PAGES),
    nav=(
        NavItem(
            key="projects",
            label="Projects",
            endpoint="console.list_projects",
            scopes=(routes.READ,),
        ),
    ),
    home=(HomeSource(query=projects_part, scopes=(routes.READ,)),),
    template_package="indelible_web.projects",
    action_labels=pages.ACTION_LABELS,
    entity_links={PROJECT.name: links.project_links, JOB.name: links.job_links},
    searches=(links.PROJECT_SEARCH, links.JOB_SEARCH),
)
