"""The templates of files that do not depend on the language of an application."""

from collections.abc import Mapping
from typing import Final

EDITORCONFIG: Final = """\
root = true

[*]
charset = utf-8
end_of_line = lf
indent_size = 4
indent_style = space
insert_final_newline = true

[*.{css,js,json,mjs,ts,tsx}]
indent_size = 2
"""

GITIGNORE: Final = """\
.env
.next/
.venv/
*.db
*.pyc
build/
dist/
node_modules/
__pycache__/
"""

ENVIRONMENT: Final = """\
# Copy this file to .env and set your own values.
NEXT_PUBLIC_API_URL=http://localhost:8000
DATABASE_URL=sqlite:///app.db
ALLOWED_ORIGINS=http://localhost:3000
"""

COMMENT: Final = "This file is listed in the architecture and has no content yet."

# How a file of each extension holds a comment; others stay empty.
_HASH: Final = f"# {COMMENT}\n"
_BLOCK: Final = f"/* {COMMENT} */\n"
_HTML: Final = f"<!-- {COMMENT} -->\n"
_DASHES: Final = f"-- {COMMENT}\n"
STUBS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("py", "sh", "rb", "toml", "yaml", "yml", "tf", "env"), _HASH),
    **dict.fromkeys(("css", "scss", "js", "mjs", "jsx", "ts", "tsx", "java", "go"), _BLOCK),
    **dict.fromkeys(("c", "h", "cpp", "rs", "kt", "swift"), _BLOCK),
    **dict.fromkeys(("html", "xml", "svg", "vue", "svelte"), _HTML),
    "sql": _DASHES,
    "json": "{}\n",
    "md": f"{COMMENT}\n",
    "txt": f"{COMMENT}\n",
}
