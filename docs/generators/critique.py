"""The page of the critique and the plan of a project."""

from collections.abc import Iterable, Iterator

from docs.generators.markdown import cell, page, table

from indelible.projects.rules import layout
from indelible.projects.rules.checks import RULES, VAGUE_PHRASES
from indelible.projects.rules.kinds import ALIASES, CONTENT_KINDS, NodeKind

LEAD = """
The critique checks a specification before its job generates files. A *critical* finding blocks:
the job fails, and every finding becomes a warning. Otherwise the first three *high* findings become
warnings, and so do `NODE_TYPE_UNKNOWN` and `NODE_ITEM_IGNORED`, because the plan leaves something
out. The effective prompt is the prompt, the description if the prompt is blank, or "A standard
software system". Vague phrases are: {phrases}.
"""
TYPES_LEAD = """
The type of a node is the first text in `type`, `kind`, `nodeType` or `category`, in the node and
then in its `data`, that names a type; the names of React Flow's renderers (`default`, `custom`,
`input`, `output`, `group`) are left out. A node without any type has the one that its label or its
id names. Case and separators do not matter: `API-Server`, `apiServer` and `server` are one type. Of
several known words the last one decides, unless it is generic: an "auth service" is `auth`.

*Content* is no part of the running system and needs no connections.
"""
FILES_LEAD = """
A plan lists the files that the job writes. The same specification always has the same plan, and a
plan has at most 10,000 files. `{slug}` and `{module}` stand for the name of an entity, a page or a
component; a name that is used twice gets a number. In its `data`

- any node may list `files`: paths, or objects with a `path`. Each gets a file with a comment;
- any node may list `entities`: names, or objects with a `name`;
- a `folder` may have a `path`. Its file is `<path>/README.md`; without a path, the label decides.

Paths must be portable. `PLAN_PATH_FORBIDDEN` refuses one that is absolute, has an empty segment,
`.` or `..`, a backslash, a control or invisible character, a drive letter or one of
`< > : " | ? *`, a segment that ends with a dot or a space or has more than 255 bytes, the name of a
device of Windows, or a name that Git or a package manager acts on: `.git`, `.gitmodules`,
`.gitattributes`, their short names such as `git~1`, `node_modules`, `__pycache__`. It also refuses
two equal paths, two that differ only in case or in Unicode form, and a file that is also a folder.
"""

# The files of a plan, by the condition under which it has them.
GROUPS = (
    ("always", layout.ALWAYS),
    ("`frontend`", layout.FRONTEND),
    ("`frontend` and `auth` or `supabase`", layout.SIGN_IN),
    ("`frontend`, `backend` and a prompt about administration", (layout.DASHBOARD,)),
    ("`frontend` or `backend`", (layout.ENVIRONMENT,)),
    ("`backend`", layout.BACKEND),
    ("`backend` and `database`, `supabase` or an entity", (layout.DATABASE,)),
    ("each entity of a `backend`", layout.ENTITY_BACKEND),
    ("each entity of a `frontend`", layout.ENTITY_FRONTEND),
    ("each `page` of a `frontend`", (layout.PAGE,)),
    ("each node that is not content", (layout.COMPONENT_PAGE,)),
)


def critique_page() -> str:
    """Return the page with every rule, every type of nodes and every planned file."""
    phrases = ", ".join(f'"{phrase}"' for phrase in VAGUE_PHRASES)
    head = ("code", "severity", "category", "found if", "recommendation")
    return page(
        "Critique and plan of a project",
        LEAD.lstrip().format(phrases=phrases),
        table(head, _rule_rows()),
        "## Types of nodes\n",
        TYPES_LEAD.lstrip(),
        table(("type", "other names", "content"), _type_rows()),
        "## Planned files\n",
        FILES_LEAD.lstrip(),
        table(("path", "kind", "planned for", "purpose"), _file_rows(GROUPS)),
    )


def _rule_rows() -> Iterator[tuple[str, ...]]:
    for rule in RULES:
        yield (
            f"`{rule.code}`",
            rule.severity.value,
            rule.category.value,
            cell(rule.condition),
            cell(rule.recommendation),
        )


def _type_rows() -> Iterator[tuple[str, ...]]:
    for kind in NodeKind:
        aliases = ", ".join(f"`{alias}`" for alias in ALIASES[kind])
        is_content = "yes" if kind in CONTENT_KINDS else "no"
        yield f"`{kind}`", aliases, is_content


def _file_rows(
    groups: Iterable[tuple[str, Iterable[layout.Template]]],
) -> Iterator[tuple[str, ...]]:
    for condition, templates in groups:
        for template in templates:
            yield f"`{template.path}`", template.kind.value, condition, template.purpose
