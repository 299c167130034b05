# Only what indelible_web uses: flask-smorest has no types of its own.
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

import flask
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

_View: TypeAlias = Callable[..., flask.Response]

class _Components:
    def response(self, component_id: str, component: Mapping[str, object]) -> object: ...
    def security_scheme(self, component_id: str, component: Mapping[str, object]) -> object: ...

class _Spec:
    components: _Components
    def to_dict(self) -> dict[str, Any]: ...

class Blueprint(flask.Blueprint):
    ARGUMENTS_PARSER: ClassVar[FlaskParser]
    def __init__(
        self, name: str, import_name: str, *, url_prefix: str, description: str
    ) -> None: ...
    def arguments(
        self, schema: type[Schema], *, location: str, example: object = ...
    ) -> Callable[[_View], _View]: ...
    def response(
        self,
        status_code: int,
        schema: type[Schema],
        *,
        description: str,
        example: object,
        headers: Mapping[str, object],
    ) -> Callable[[_View], _View]: ...
    def alt_response(
        self,
        status_code: int,
        *,
        schema: type[Schema],
        description: str,
        example: object,
        headers: Mapping[str, object],
    ) -> Callable[[_View], _View]: ...
    @staticmethod
    def doc(**kwargs: object) -> Callable[[_View], _View]: ...

class Api:
    DEFAULT_ERROR_RESPONSE_NAME: ClassVar[str | None]
    spec: _Spec
    def __init__(self, app: flask.Flask, *, spec_kwargs: Mapping[str, object]) -> None: ...
    def register_blueprint(self, blp: Blueprint) -> None: ...
