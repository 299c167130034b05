"""The kinds of nodes, the names by which a specification may call them, and recognizing them."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class NodeKind(StrEnum):
    """The kind of a node: what its files are, and what the critique expects of it."""

    FRONTEND = "frontend"
    BACKEND = "backend"
    DATABASE = "database"
    AUTH = "auth"
    SUPABASE = "supabase"  # both a database and authentication
    CACHE = "cache"
    QUEUE = "queue"
    WORKER = "worker"
    STORAGE = "storage"
    GATEWAY = "gateway"
    EXTERNAL = "external"
    INFRASTRUCTURE = "infrastructure"
    PAGE = "page"
    ENTITY = "entity"
    FOLDER = "folder"


# The kinds that name content and not a part of the running system. They need no connections.
CONTENT_KINDS: Final = frozenset({NodeKind.FOLDER, NodeKind.PAGE, NodeKind.ENTITY})
DATABASE_KINDS: Final = frozenset({NodeKind.DATABASE, NodeKind.SUPABASE})
AUTH_KINDS: Final = frozenset({NodeKind.AUTH, NodeKind.SUPABASE})

# Other words for each kind, in lower case. A node may also use the kind's own name.
ALIASES: Final[Mapping[NodeKind, tuple[str, ...]]] = {
    NodeKind.FRONTEND: (
        "frontends", "client", "ui", "web", "webapp", "website", "react", "nextjs", "vue",
        "angular", "svelte", "mobile", "spa",
    ),
    NodeKind.BACKEND: (
        "backends", "server", "api", "service", "microservice", "fastapi", "flask", "django",
        "express", "nestjs", "nodejs", "rest", "graphql",
    ),
    NodeKind.DATABASE: (
        "databases", "db", "postgres", "postgresql", "mysql", "mariadb", "sqlite", "mongo",
        "mongodb", "sql", "nosql", "datastore",
    ),
    NodeKind.AUTH: (
        "authentication", "authorization", "login", "identity", "oauth", "sso", "clerk", "auth0",
        "keycloak", "jwt",
    ),
    NodeKind.SUPABASE: ("firebase",),
    NodeKind.CACHE: ("redis", "memcached", "valkey"),
    NodeKind.QUEUE: ("broker", "kafka", "rabbitmq", "sqs", "pubsub", "messaging"),
    NodeKind.WORKER: ("workers", "job", "jobs", "scheduler", "cron", "celery"),
    NodeKind.STORAGE: ("s3", "bucket", "blob", "files", "cdn", "minio"),
    NodeKind.GATEWAY: ("proxy", "nginx", "ingress", "balancer", "loadbalancer"),
    NodeKind.EXTERNAL: ("thirdparty", "integration", "stripe", "payment", "payments", "email"),
    NodeKind.INFRASTRUCTURE: (
        "infra", "docker", "kubernetes", "k8s", "deployment", "monitoring", "vercel",
    ),
    NodeKind.PAGE: ("pages", "screen", "view"),
    NodeKind.ENTITY: ("entities", "model", "table", "resource", "collection"),
    NodeKind.FOLDER: ("folders", "directory", "dir", "package"),
}  # fmt: skip

# Names of React Flow's own renderers. They say how a node is drawn, not what it is.
RENDERERS: Final = frozenset({"default", "custom", "customnode", "input", "output", "group"})

# Words that say little after another one: an "auth service" is authentication.
GENERIC_WORDS: Final = frozenset({"service", "microservice", "server", "api", "web"})

WORD: Final = re.compile(r"[^\W_]+")
MAX_TYPE_CHARACTERS: Final = 200  # that are read of a type or a label


def _kinds_by_word() -> dict[str, NodeKind]:
    kinds: dict[str, NodeKind] = {}
    for kind, aliases in ALIASES.items():
        for word in (kind.value, *aliases):
            kinds[word] = kind

    return kinds


KINDS_BY_WORD: Final[Mapping[str, NodeKind]] = _kinds_by_word()


def kind_of(text: str) -> NodeKind | None:
    """Return the kind that a type or a label names: `Database`, `api-server`, "User database".

    The last known word decides, unless it is generic and an earlier one is not.
    """
    words = _words(text)
    joined = "".join(words)
    if joined in KINDS_BY_WORD:
        return KINDS_BY_WORD[joined]

    known = [word for word in words if word in KINDS_BY_WORD]
    specific = [word for word in known if word not in GENERIC_WORDS]
    decisive = specific or known
    return KINDS_BY_WORD[decisive[-1]] if decisive else None


def is_renderer(text: str) -> bool:
    """Return True if a type says only how React Flow draws the node."""
    return "".join(_words(text)) in RENDERERS


def _words(text: str) -> list[str]:
    """Return the words of a text in lower case; `userDatabase` has two."""
    shortened = text[:MAX_TYPE_CHARACTERS]
    separated = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", shortened)
    return WORD.findall(separated.lower())
