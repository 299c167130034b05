"""What may happen to a token, its author and its mint, and to the jobs, uploads, reveals and states beside them."""

from enum import StrEnum

from indelible.kernel import Edge, Lifecycle


class TokenStatus(StrEnum):
    """How far a token has come."""

    DETECTED = "detected"
    GENERATING = "generating"
    UPLOADING = "uploading"
    READY = "ready"
    REVEALED = "revealed"
    FAILED = "failed"


class AuthorStatus(StrEnum):
    """An author who was ever seen stays known."""

    KNOWN = "known"


class MintStatus(StrEnum):
    """Whether the block of a mint is in the chain."""

    CANONICAL = "canonical"
    ORPHANED = "orphaned"


class JobStatus(StrEnum):
    """How far the generation of an image has come."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class UploadStatus(StrEnum):
    """How far an upload has come."""

    PENDING = "pending"
    UPLOADING = "uploading"
    COMPLETED = "completed"
    FAILED = "failed"


class RevealStatus(StrEnum):
    """How far a reveal's transaction has come."""

    PENDING = "pending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class StateStatus(StrEnum):
    """Whether a key of the system's state has a value."""

    SET = "set"
    DELETED = "deleted"


_T, _A, _J, _U, _R, _S = (
    TokenStatus,
    AuthorStatus,
    JobStatus,
    UploadStatus,
    RevealStatus,
    StateStatus,
)
UNFINISHED = (_T.DETECTED, _T.GENERATING, _T.UPLOADING, _T.READY)

# From a state to another leads one action only, so that a repository can tell what a saved entity means.
TOKEN = Lifecycle(
    name="token",
    edges=(
        Edge("", "detect", _T.DETECTED, 0),
        Edge("", "recover", _T.REVEALED, 0),
        Edge(_T.DETECTED, "generate", _T.GENERATING, 0),
        Edge(_T.GENERATING, "upload", _T.UPLOADING, 0),
        Edge(_T.UPLOADING, "ready", _T.READY, 0),
        Edge(_T.READY, "reveal", _T.REVEALED, 0),
        *(Edge(each, "fail", _T.FAILED, 0) for each in UNFINISHED),
        *(Edge(each, "progress", each, 0) for each in (_T.GENERATING, _T.UPLOADING)),
        *(Edge(each, "retry", _T.DETECTED, 0) for each in (_T.GENERATING, _T.FAILED)),
        *(Edge(each, "sync", _T.REVEALED, 0) for each in (*UNFINISHED[:3], _T.FAILED)),
    ),
)
AUTHOR = Lifecycle(
    name="author", edges=(Edge("", "create", _A.KNOWN, 0), Edge(_A.KNOWN, "edit", _A.KNOWN, 0))
)
MINT = Lifecycle(
    name="mint_event",
    edges=(
        Edge("", "detect", MintStatus.CANONICAL, 0),
        Edge(MintStatus.CANONICAL, "orphan", MintStatus.ORPHANED, 0),
        Edge(MintStatus.ORPHANED, "restore", MintStatus.CANONICAL, 0),
    ),
)
IMAGE_JOB = Lifecycle(
    name="image_job",
    edges=(
        Edge("", "create", _J.PENDING, 0),
        Edge(_J.PENDING, "start", _J.RUNNING, 0),
        Edge(_J.RUNNING, "progress", _J.RUNNING, 0),
        Edge(_J.RUNNING, "retry", _J.PENDING, 0),
        Edge(_J.RUNNING, "complete", _J.COMPLETED, 0),
        *(Edge(each, "fail", _J.FAILED, 0) for each in (_J.PENDING, _J.RUNNING)),
    ),
)
UPLOAD = Lifecycle(
    name="ipfs_upload",
    edges=(
        Edge("", "create", _U.PENDING, 0),
        Edge(_U.PENDING, "start", _U.UPLOADING, 0),
        Edge(_U.UPLOADING, "retry", _U.PENDING, 0),
        Edge(_U.UPLOADING, "complete", _U.COMPLETED, 0),
        *(Edge(each, "fail", _U.FAILED, 0) for each in (_U.PENDING, _U.UPLOADING)),
    ),
)
REVEAL = Lifecycle(
    name="reveal_transaction",
    edges=(
        Edge("", "create", _R.PENDING, 0),
        Edge(_R.PENDING, "send", _R.SENT, 0),
        Edge(_R.SENT, "replace", _R.SENT, 0),
        Edge(_R.SENT, "confirm", _R.CONFIRMED, 0),
        *(Edge(each, "fail", _R.FAILED, 0) for each in (_R.PENDING, _R.SENT)),
    ),
)
SYSTEM_STATE = Lifecycle(
    name="system_state",
    edges=(
        Edge("", "create", _S.SET, 0),
        Edge(_S.SET, "set", _S.SET, 0),
        Edge(_S.SET, "delete", _S.DELETED, 0),
        Edge(_S.DELETED, "set", _S.SET, 0),
    ),
)
