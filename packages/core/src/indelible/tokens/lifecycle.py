"""Lifecycles of tokens, authors, mints, image jobs, uploads, reveals and system states."""

from enum import StrEnum
from typing import Final

from indelible.kernel import EVERYONE, Edge, Lifecycle
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD


class TokenStatus(StrEnum):
    """The state of a token, from its mint to its reveal."""

    DETECTED = "detected"
    GENERATING = "generating"
    UPLOADING = "uploading"
    READY = "ready"
    REVEALED = "revealed"
    FAILED = "failed"


class AuthorStatus(StrEnum):
    """The state of an author. Authors are never removed."""

    KNOWN = "known"


class MintStatus(StrEnum):
    """The state of a mint: its block is in the chain, or was dropped from it."""

    CANONICAL = "canonical"
    ORPHANED = "orphaned"


class ImageJobStatus(StrEnum):
    """The state of an image generation job."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class UploadStatus(StrEnum):
    """The state of an IPFS upload."""

    PENDING = "pending"
    UPLOADING = "uploading"
    COMPLETED = "completed"
    FAILED = "failed"


class RevealStatus(StrEnum):
    """The state of a reveal transaction."""

    PENDING = "pending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class StateStatus(StrEnum):
    """The state of a system state's key: it has a value, or the value was deleted."""

    SET = "set"
    DELETED = "deleted"


UNFINISHED = (
    TokenStatus.DETECTED,
    TokenStatus.GENERATING,
    TokenStatus.UPLOADING,
    TokenStatus.READY,
)

# The caller of a repository gives a whole entity and no action. The repository derives the action
# from the two states, so at most one action may lead from one state to another, and each action
# may change every field that is not fixed.
_TOKEN_FIELDS: Final = (
    "image_url",
    "image_cid",
    "metadata_cid",
    "generation_attempts",
    "generation_error",
    "reveal_tx_hash",
    "error_data",
)
# After the birth these fields change only when a failed token returns to "detected": the chain may
# have minted its id again, in another block and for another author.
MINTING_FIELDS: Final = ("author_id", "minter_address", "mint_timestamp", "mint_event_id")
TOKEN = Lifecycle(
    name="token",
    readers=EVERYONE,
    edges=(
        Edge("", "detect", TokenStatus.DETECTED, 0),
        Edge("", "recover", TokenStatus.REVEALED, 0),
        Edge(TokenStatus.DETECTED, "generate", TokenStatus.GENERATING, 0),
        Edge(TokenStatus.GENERATING, "upload", TokenStatus.UPLOADING, 0),
        Edge(TokenStatus.UPLOADING, "ready", TokenStatus.READY, 0),
        Edge(TokenStatus.READY, "reveal", TokenStatus.REVEALED, 0),
        Edge(TokenStatus.DETECTED, "fail", TokenStatus.FAILED, 0),
        Edge(TokenStatus.GENERATING, "fail", TokenStatus.FAILED, 0),
        Edge(TokenStatus.UPLOADING, "fail", TokenStatus.FAILED, 0),
        Edge(TokenStatus.READY, "fail", TokenStatus.FAILED, 0),
        # A repository saves changed fields of a token whose state stays the same.
        Edge(TokenStatus.GENERATING, "progress", TokenStatus.GENERATING, 0),
        Edge(TokenStatus.UPLOADING, "progress", TokenStatus.UPLOADING, 0),
        # A generation failed and is tried again; or an operator or a new mint starts anew.
        Edge(TokenStatus.GENERATING, "retry", TokenStatus.DETECTED, 0),
        Edge(TokenStatus.FAILED, "retry", TokenStatus.DETECTED, 0),
        # The chain shows that the token is revealed, so the steps before it are skipped.
        Edge(TokenStatus.DETECTED, "sync", TokenStatus.REVEALED, 0),
        Edge(TokenStatus.GENERATING, "sync", TokenStatus.REVEALED, 0),
        Edge(TokenStatus.UPLOADING, "sync", TokenStatus.REVEALED, 0),
        Edge(TokenStatus.FAILED, "sync", TokenStatus.REVEALED, 0),
    ),
    changes={
        "detect": MINTING_FIELDS,
        "recover": (*MINTING_FIELDS, "metadata_cid"),
        "generate": _TOKEN_FIELDS,
        "upload": _TOKEN_FIELDS,
        "ready": _TOKEN_FIELDS,
        "reveal": _TOKEN_FIELDS,
        "fail": _TOKEN_FIELDS,
        "progress": _TOKEN_FIELDS,
        "retry": (*_TOKEN_FIELDS, *MINTING_FIELDS),
        "sync": _TOKEN_FIELDS,
    },
    initial={"generation_attempts": 0},
)
_AUTHOR_FIELDS: Final = ("prompt_text", "farcaster_handle", "twitter_handle")
AUTHOR = Lifecycle(
    name="author",
    readers=EVERYONE,
    edges=(
        Edge("", "create", AuthorStatus.KNOWN, 0),
        Edge(AuthorStatus.KNOWN, "edit", AuthorStatus.KNOWN, 0),
    ),
    changes={"create": _AUTHOR_FIELDS, "edit": _AUTHOR_FIELDS},
    initial={},
)
MINT = Lifecycle(
    name="mint_event",
    edges=(
        Edge("", "detect", MintStatus.CANONICAL, 0),
        Edge(MintStatus.CANONICAL, "orphan", MintStatus.ORPHANED, 0),
        Edge(MintStatus.ORPHANED, "restore", MintStatus.CANONICAL, 0),
    ),
    changes={},
    initial={},
    # The time of its block is the chain's, and no clock of ours bounds it.
    latest={"detected_at": MAX_CLOCK_LEAD},
)
_IMAGE_JOB_FIELDS: Final = (
    "external_job_id",
    "retry_count",
    "error_data",
    "completed_at",
)
IMAGE_JOB = Lifecycle(
    name="image_job",
    edges=(
        Edge("", "create", ImageJobStatus.PENDING, 0),
        Edge(ImageJobStatus.PENDING, "start", ImageJobStatus.RUNNING, 0),
        Edge(ImageJobStatus.RUNNING, "progress", ImageJobStatus.RUNNING, 0),
        Edge(ImageJobStatus.RUNNING, "retry", ImageJobStatus.PENDING, 0),
        Edge(ImageJobStatus.RUNNING, "complete", ImageJobStatus.COMPLETED, 0),
        Edge(ImageJobStatus.PENDING, "fail", ImageJobStatus.FAILED, 0),
        Edge(ImageJobStatus.RUNNING, "fail", ImageJobStatus.FAILED, 0),
    ),
    changes={
        "start": _IMAGE_JOB_FIELDS,
        "progress": _IMAGE_JOB_FIELDS,
        "retry": _IMAGE_JOB_FIELDS,
        "complete": _IMAGE_JOB_FIELDS,
        "fail": _IMAGE_JOB_FIELDS,
    },
    initial={"retry_count": 0},
    latest={"completed_at": MAX_CLOCK_LEAD},
)
_UPLOAD_FIELDS: Final = (
    "cid",
    "retry_count",
    "error_data",
    "completed_at",
)
UPLOAD = Lifecycle(
    name="ipfs_upload",
    edges=(
        Edge("", "create", UploadStatus.PENDING, 0),
        Edge(UploadStatus.PENDING, "start", UploadStatus.UPLOADING, 0),
        Edge(UploadStatus.UPLOADING, "retry", UploadStatus.PENDING, 0),
        Edge(UploadStatus.UPLOADING, "complete", UploadStatus.COMPLETED, 0),
        Edge(UploadStatus.PENDING, "fail", UploadStatus.FAILED, 0),
        Edge(UploadStatus.UPLOADING, "fail", UploadStatus.FAILED, 0),
    ),
    changes={
        "start": _UPLOAD_FIELDS,
        "retry": _UPLOAD_FIELDS,
        "complete": _UPLOAD_FIELDS,
        "fail": _UPLOAD_FIELDS,
    },
    initial={"retry_count": 0},
    latest={"completed_at": MAX_CLOCK_LEAD},
)
_REVEAL_FIELDS: Final = (
    "tx_hash",
    "block_number",
    "gas_price_wei",
    "confirmed_at",
)
REVEAL = Lifecycle(
    name="reveal_transaction",
    edges=(
        Edge("", "create", RevealStatus.PENDING, 0),
        Edge(RevealStatus.PENDING, "send", RevealStatus.SENT, 0),
        Edge(RevealStatus.SENT, "replace", RevealStatus.SENT, 0),
        Edge(RevealStatus.SENT, "confirm", RevealStatus.CONFIRMED, 0),
        Edge(RevealStatus.PENDING, "fail", RevealStatus.FAILED, 0),
        Edge(RevealStatus.SENT, "fail", RevealStatus.FAILED, 0),
    ),
    changes={
        "send": _REVEAL_FIELDS,
        "replace": _REVEAL_FIELDS,
        "confirm": _REVEAL_FIELDS,
        "fail": _REVEAL_FIELDS,
    },
    initial={},
    latest={"confirmed_at": MAX_CLOCK_LEAD},
)
SYSTEM_STATE = Lifecycle(
    name="system_state",
    edges=(
        Edge("", "create", StateStatus.SET, 0),
        Edge(StateStatus.SET, "set", StateStatus.SET, 0),
        Edge(StateStatus.SET, "delete", StateStatus.DELETED, 0),
        Edge(StateStatus.DELETED, "set", StateStatus.SET, 0),
    ),
    changes={
        "create": ("state_value",),
        "set": ("state_value",),
        "delete": ("state_value",),
    },
    initial={},
)
