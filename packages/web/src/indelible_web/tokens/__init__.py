"""Routes, webhook and pages of tokens."""

from typing import Final

from indelible.app import AppContext
from indelible.tokens import AUTHOR, TOKEN, AcknowledgeContract, token_stats
from indelible.tokens.errors import SignatureWrong
from indelible.tokens.lifecycle import IMAGE_JOB, MINT, REVEAL, UPLOAD
from indelible_web.console.home_parts import HomeSource
from indelible_web.console.page import NavItem, TaskPanel
from indelible_web.context import WebContext
from indelible_web.http.request import OPS
from indelible_web.settings import WebSettings
from indelible_web.tokens import admin, links, pages, routes
from indelible_web.tokens.descriptions import DESCRIPTIONS
from indelible_web.tokens.examples import EXAMPLES
from indelible_web.tokens.home import notices_part, tokens_part
from indelible_web.tokens.notices import CHAIN_NOTICES
from indelible_web.tokens.webhooks import WEBHOOK


def _is_on(app_context: AppContext, settings: WebSettings) -> bool:
    """Return True if tokens can arrive: from a chain, or from the webhook of its provider."""
    return app_context.chain is not None or bool(settings.webhook_secret)


CONTEXT: Final = WebContext(
    name="tokens",
    routes=(routes.routes,),
    admin_routes=(admin.routes,),
    webhooks=(WEBHOOK,),
    lifecycles=(TOKEN, AUTHOR),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    redacted_fields={AUTHOR.name: frozenset({"prompt_text"})},
    commands=(AcknowledgeContract.command_name,),
    gauges=(CHAIN_NOTICES,),
    guess_codes=frozenset({SignatureWrong.code}),
    pages=pages.PAGES,
    nav=(
        NavItem(
            key="tokens", label="Tokens", endpoint="console.list_tokens", scopes=(routes.READ,)
        ),
    ),
    home=(
        HomeSource(query=notices_part, scopes=(OPS,)),
        HomeSource(query=tokens_part, scopes=(routes.READ,)),
    ),
    is_on=_is_on,
    off_notice=(
        "This process knows no chain: it detects no mints and checks no signatures of wallets."
        " What is stored can be read."
    ),
    template_package="indelible_web.tokens",
    action_labels=pages.ACTION_LABELS,
    entity_links={
        TOKEN.name: links.token_links,
        AUTHOR.name: links.author_links,
        MINT.name: links.mint_links,
        IMAGE_JOB.name: links.image_job_links,
        UPLOAD.name: links.upload_links,
        REVEAL.name: links.reveal_links,
    },
    searches=(links.SEARCH,),
    task_panels=(TaskPanel(template="tokens/_chain.html", query=token_stats),),
)
