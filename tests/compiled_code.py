"""Reuse what libraries compile for each application and store: most tests have their own.

The builders of URLs take four fifths of the time of an application, templates three quarters of the
time of its first page, and statements a sixth of the time of a store that a test opens.
"""

from collections.abc import Callable, Hashable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable
from werkzeug.routing import Rule

from indelible_sql.engine import session
from indelible_sql.engine.prepared import Prepared, prepare

Builder = Callable[..., tuple[str, str]]


class CodeInMemory(BytecodeCache):
    """The code of templates, by name and source; all environments of ours compile alike."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key + bucket.checksum] = bucket.code


def reuse_compiled_code() -> None:
    """Let the applications and stores of this process share the code of equal sources."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CodeInMemory()}
    _reuse_url_builders()
    _reuse_statements()


def _reuse_url_builders() -> None:
    rule_class: Any = Rule
    compile_builder: Callable[..., Builder] = rule_class._compile_builder  # noqa: SLF001 - no hook
    builders: dict[Hashable, Builder] = {}

    def reused_builder(rule: Any, *options: bool) -> Builder:  # noqa: ANN401 - of a private method
        if rule.defaults:  # their values may become a part of the code
            return compile_builder(rule, *options)

        # A builder gets the rule as its first argument; its code depends on nothing else.
        key = (rule.rule, tuple(rule._trace), options)  # noqa: SLF001 - what is compiled
        if key not in builders:
            builders[key] = compile_builder(rule, *options)
        return builders[key]

    rule_class._compile_builder = reused_builder  # noqa: SLF001 - no hook


def _reuse_statements() -> None:
    """Compile a statement for one of the equal dialects that each engine has of its own."""
    dialects: dict[Hashable, Dialect] = {}

    def prepare_once(statement: Executable, dialect: Dialect, schema: str) -> Prepared:
        key = (type(dialect), dialect.server_version_info, dialect.paramstyle)
        return prepare(statement, dialects.setdefault(key, dialect), schema)

    session_module: Any = session
    session_module.prepare = prepare_once
