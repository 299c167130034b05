"""The expressions of projects that the databases write differently."""

from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Text

from indelible_sql.schema.expressions import DialectExpression


class _PromptOfSpec(DialectExpression):
    """The prompt in a specification; NULL for a text that is no JSON."""

    type = Text()
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "CASE WHEN json_valid({0}) THEN json_extract({0}, '$.prompt') END",
        "postgresql": "({0} ->> 'prompt')",
    }


def prompt_of_spec(architecture_spec: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the prompt in a specification."""
    return _PromptOfSpec(architecture_spec)
