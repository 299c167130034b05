"""The mappings between the head tables of tokens and their entities."""

from typing import Final

from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.entities.pipeline import (
    ImageGenerationJob,
    IPFSUploadRecord,
    RevealTransaction,
    SystemState,
)
from indelible.tokens.entities.tokens import Token
from indelible.tokens.repositories.finders import Mints, Tokens
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.tokens.tables import (
    AUTHORS,
    IMAGE_JOBS,
    MINT_EVENTS,
    REVEALS,
    SYSTEM_STATES,
    TOKENS,
    UPLOADS,
)

AUTHOR_HEADS: Final = HeadMapping(table=AUTHORS, entity=Author)
TOKEN_HEADS: Final = HeadMapping(table=TOKENS, entity=Token, finders=Tokens)
MINT_HEADS: Final = HeadMapping(table=MINT_EVENTS, entity=MintEvent, finders=Mints)
IMAGE_JOB_HEADS: Final = HeadMapping(table=IMAGE_JOBS, entity=ImageGenerationJob)
UPLOAD_HEADS: Final = HeadMapping(table=UPLOADS, entity=IPFSUploadRecord)
REVEAL_HEADS: Final = HeadMapping(table=REVEALS, entity=RevealTransaction)
STATE_HEADS: Final = HeadMapping(table=SYSTEM_STATES, entity=SystemState)

MAPPINGS: Final = (
    AUTHOR_HEADS,
    MINT_HEADS,
    TOKEN_HEADS,
    IMAGE_JOB_HEADS,
    UPLOAD_HEADS,
    REVEAL_HEADS,
    STATE_HEADS,
)
