"""The scope that each route of the API requires."""

from collections.abc import Iterator
from typing import Final

PATHS: Final = {
    ("concepts:read", "GET"): (
        "/v1/concepts",
        "/v1/concepts/x",
        "/v1/concepts/x/versions",
        "/v1/concepts/x/versions/1",
        "/v1/concepts/x/diff?from=1&to=2",
        "/v1/concepts/x/history",
        "/v1/concepts/x/as-of",
        "/v1/concepts/x/warnings",
        "/v1/concepts/x/graph",
        "/v1/concepts/x/learning-order",
        "/v1/graph/prerequisites",
        "/v1/learning-order",
    ),
    ("concepts:write", "POST"): ("/v1/concepts",),
    ("concepts:write", "PUT"): ("/v1/concepts/x",),
    ("captures:read", "GET"): (
        "/v1/spaces",
        "/v1/spaces/x",
        "/v1/spaces/x/subspaces",
        "/v1/spaces/x/captures",
        "/v1/spaces/x/centroids",
        "/v1/artifacts?space_id=x",
        "/v1/artifacts/x",
        "/v1/artifacts/x/signals",
        "/v1/subspaces/x",
        "/v1/subspaces/x/drift",
    ),
    ("captures:read", "POST"): ("/v1/margins/preview", "/v1/search"),
    ("captures:write", "POST"): (
        "/v1/spaces",
        "/v1/spaces/x/retire",
        "/v1/subspaces",
        "/v1/subspaces/x/retire",
        "/v1/subspaces/x/seed",
        "/v1/captures",
        "/v1/captures/batch",
    ),
    ("captures:write", "PUT"): ("/v1/spaces/x", "/v1/subspaces/x"),
    ("captures:admin", "GET"): ("/v1/algorithms", "/v1/algorithms/x", "/v1/settings"),
    ("captures:admin", "POST"): ("/v1/algorithms", "/v1/algorithms/x/activate"),
    ("captures:admin", "PUT"): ("/v1/settings/x",),
    ("contests:read", "GET"): (
        "/v1/contests",
        "/v1/contests/x",
        "/v1/contests/x/configuration",
        "/v1/contests/x/field",
        "/v1/contests/x/leaderboard",
        "/v1/contests/x/entries",
        "/v1/entries/x",
    ),
    ("contests:write", "POST"): ("/v1/contests/x/entries",),
    ("contests:write", "PUT"): ("/v1/entries/x/roster",),
    ("contests:organize", "POST"): ("/v1/contests",),
    ("contests:organize", "PUT"): ("/v1/contests/x/configuration",),
    ("projects:read", "GET"): (
        "/v1/projects",
        "/v1/projects/x",
        "/v1/projects/x/prompts",
        "/v1/jobs?project_id=x",
        "/v1/jobs/x",
        "/v1/jobs/x/logs",
    ),
    ("projects:read", "POST"): ("/v1/architecture/critique", "/v1/architecture/plan"),
    ("projects:write", "POST"): (
        "/v1/projects",
        "/v1/projects/x/prompts",
        "/v1/jobs",
        "/v1/jobs/x/cancel",
    ),
    ("projects:write", "PUT"): ("/v1/projects/x/nodes",),
    ("projects:write", "PATCH"): ("/v1/projects/x",),
    ("tokens:read", "GET"): (
        "/v1/tokens",
        "/v1/tokens/1",
        "/v1/tokens/1/history",
        "/v1/authors/leaderboard",
        "/v1/authors/x",
        "/v1/authors/x/tokens",
    ),
    ("tokens:retry", "POST"): ("/v1/tokens/1/retry",),
    ("admin", "GET"): (
        "/admin/tasks",
        "/admin/tasks/x",
        "/admin/tasks/x/y",
        "/admin/tokens/stats",
        "/admin/contests/rejections",
        "/admin/contests/x/ingestion-events",
        "/admin/contests/x/ingestion-events/1/payload",
        "/admin/contests/x/validation-errors",
        "/admin/contests/x/settlement-audit",
        "/admin/contests/x/settlement-audit/y",
        "/admin/contests/x/settlement-audit/y/lines",
        "/admin/tournaments/x/fetches",
        "/admin/tournaments/x/fetches/1/payload",
    ),
    ("admin", "POST"): (
        "/admin/tasks/x/y/requeue",
        "/admin/stages/x/pause",
        "/admin/stages/x/resume",
        "/admin/jobs/x/retry",
        "/admin/projects/workspaces/clean",
        "/admin/contests/config/validate",
        "/admin/contests/x/field",
        "/admin/contests/x/force-lock",
        "/admin/contests/x/ingestion/correct",
        "/admin/contests/x/ingestion/pause",
        "/admin/contests/x/ingestion/resume",
        "/admin/contests/x/replay",
        "/admin/contests/x/resolve-error",
        "/admin/contests/x/settlement/dry-run",
        "/admin/contests/x/verify-log",
    ),
    ("history:read", "GET"): ("/v1/history",),
}


def _required_scopes() -> Iterator[tuple[str, str, str]]:
    for (scope, method), paths in PATHS.items():
        for path in paths:
            yield scope, method, path


# (scope, method, path) of each route.
REQUIRED_SCOPES: Final = tuple(_required_scopes())
GET_PATHS: Final = tuple(path for _, method, path in REQUIRED_SCOPES if method == "GET")
