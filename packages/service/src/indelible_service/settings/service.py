"""Read the settings of a process from the environment and from `.env`, with all faults at once."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast

from attrs import Attribute, evolve, field, frozen

from indelible.kernel import UsageError
from indelible_service.contexts import CONTEXTS
from indelible_service.contexts.declaration import (
    DEFAULT_DATA_DIR,
    MAX_WORKER_THREADS,
    InDataDirectory,
    ServiceContext,
)
from indelible_service.settings.environment import (
    ON_OFF,
    RETENTION_DAYS,
    VARIABLE,
    Format,
    SettingsWrong,
    database_address,
    has_valid_port,
    one_of,
    read_values,
    setting,
    setting_fields,
    text_list,
    whole_number,
)
from indelible_service.settings.rules import (
    mentions,
    problems_of_databases,
    problems_of_origin,
    problems_of_secrets,
    problems_of_standby,
)
from indelible_service.settings.secret_values import (
    DATABASES,
    POSTGRESQL,
    secrets_of,
)
from indelible_service.settings.variables import read_file, unknown_variables

Section = TypeVar("Section")

HOST_PATTERN: Final = r"[^\s/?#@,]+"


def _is_database_address(url: str) -> bool:
    """Return True where connections can use the address.

    SQLAlchemy and the driver are imported only for an address of PostgreSQL.
    """
    if not has_valid_port(url):
        return False
    if not POSTGRESQL.match(url):
        return True

    from indelible_sql.engine.encryption import connection_parameters

    try:
        connection_parameters(url)
    except UsageError:
        return False

    return True


def _is_restore_target(text: str) -> bool:
    return not POSTGRESQL.match(text) or _is_database_address(text)


DATABASE: Final = Format(
    "an address that begins with sqlite:/// or postgresql://",
    r"(sqlite:///|postgres(ql)?(\+psycopg)?://).*",
    database_address,
    is_valid=_is_database_address,
)
STANDBY: Final = Format(
    "an address that begins with postgresql://",
    r"postgres(ql)?(\+psycopg)?://.*",
    database_address,
    is_valid=_is_database_address,
)
SCHEMA: Final = Format("a name of small letters, digits and _", "[a-z_][a-z0-9_]{0,62}")
WEB_ADDRESS: Final = Format(
    "an address such as https://example.org",
    r"https?://[^\s?#*@,]+[^\s?#*@,/]",
    is_valid=has_valid_port,
)
ORIGIN: Final = Format(
    "an origin such as https://example.org", r"https?://[^\s/?#*@,]+", is_valid=has_valid_port
)
ORIGINS: Final = text_list(
    "origins such as https://example.org, commas between, never *", r"https?://[^\s/?#*@,]+"
)
HOST: Final = Format("a host name or an IP address", HOST_PATTERN)
HOSTS: Final = text_list("host names with commas between them", HOST_PATTERN)
CONTEXT_NAMES: Final = text_list(
    "names of built-in contexts and of modules with commas between them",
    r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*",
)
SECRET: Final = Format("at least 32 characters", ".{32,}", str.encode)
DIRECTORY: Final = Format("a directory", ".+", Path)
LOG_LEVEL: Final = one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", convert=str.upper)
PUBLIC_KEY: Final = Format("a public key of age, which begins with age1", "age1[0-9a-z]{1,100}")
KEY_FILE: Final = Format("the path of a file", ".+", Path)
RESTORE_TARGET: Final = Format(
    "an address of a database, or the path of a new directory", ".+", is_valid=_is_restore_target
)
REDIS: Final = Format(
    "an address that begins with redis:// or rediss://",
    r"rediss?://.+",
    is_valid=has_valid_port,
)


def _default_sections() -> dict[type, object]:
    return {context.settings: context.settings() for context in CONTEXTS}


@frozen(kw_only=True)
class Settings:
    """The settings of a process: its own, and a section for each context."""

    database_url: str = setting("DATABASE_URL", "", DATABASE, is_secret=True)
    read_url: str = setting("DATABASE_READ_URL", "", STANDBY, is_secret=True)
    owner_url: str = setting("INDELIBLE_OWNER_URL", "", DATABASE, is_secret=True)
    schema: str = setting("INDELIBLE_SCHEMA", "indelible", SCHEMA)
    pool_size: int = setting("DB_POOL_SIZE", 5, whole_number(1, 200))
    max_overflow: int = setting("DB_MAX_OVERFLOW", 10, whole_number(0, 200))
    prepare: bool = setting("INDELIBLE_PREPARE", default=True, accepted=ON_OFF)
    connect_seconds: int = setting("INDELIBLE_CONNECT_SECONDS", 5, whole_number(2, 600))
    statement_seconds: int = setting("INDELIBLE_STATEMENT_SECONDS", 30, whole_number(1, 3_600))
    health_seconds: int = setting("INDELIBLE_HEALTH_SECONDS", 1, whole_number(1, 60))
    is_plain_database_allowed: bool = setting(
        "INDELIBLE_PLAIN_DATABASE", default=False, accepted=ON_OFF
    )
    base_url: str = setting("API_BASE_URL", "", WEB_ADDRESS)
    expected_origin: str = setting("INDELIBLE_EXPECTED_ORIGIN", "", ORIGIN)
    cors_origins: tuple[str, ...] = setting("CORS_ORIGINS", (), ORIGINS)
    host: str = setting("INDELIBLE_HOST", "127.0.0.1", HOST)
    port: int = setting("INDELIBLE_PORT", 8_000, whole_number(0, 65_535))
    secret: bytes = setting("INDELIBLE_SECRET", b"", SECRET, is_secret=True)
    other_secret: bytes = setting("INDELIBLE_OTHER_SECRET", b"", SECRET, is_secret=True)
    data_dir: Path = setting(  # noqa: RUF009 - it declares a field
        "INDELIBLE_DATA_DIR", DEFAULT_DATA_DIR, DIRECTORY
    )
    log_level: str = setting("INDELIBLE_LOG_LEVEL", "INFO", LOG_LEVEL)
    requests_per_minute: int = setting(
        "INDELIBLE_REQUESTS_PER_MINUTE", 600, whole_number(1, 10_000_000)
    )
    max_streams: int = setting("INDELIBLE_MAX_STREAMS", 32, whole_number(0, 1_000))
    connection_seconds: int = setting("INDELIBLE_CONNECTION_SECONDS", 60, whole_number(1, 3_600))
    max_connections_per_address: int = setting(
        "INDELIBLE_MAX_CONNECTIONS_PER_ADDRESS", 100, whole_number(0, 100_000)
    )
    proxy_hops: int = setting("INDELIBLE_PROXY_HOPS", 0, whole_number(0, 10))
    trusted_hosts: tuple[str, ...] = setting("INDELIBLE_TRUSTED_HOSTS", (), HOSTS)
    contexts: tuple[str, ...] = setting("INDELIBLE_CONTEXTS", (), CONTEXT_NAMES)

    redis_url: str = setting("INDELIBLE_REDIS_URL", "", REDIS, is_secret=True)
    worker_threads: int = setting(
        "INDELIBLE_WORKER_THREADS", 4, whole_number(1, MAX_WORKER_THREADS)
    )
    dispatch_seconds: int = setting("INDELIBLE_DISPATCH_SECONDS", 5, whole_number(1, 30))
    seal_seconds: int = setting("INDELIBLE_SEAL_SECONDS", 3_600, whole_number(1, 31 * 86_400))
    task_retention_days: int = setting("INDELIBLE_TASK_RETENTION_DAYS", 0, RETENTION_DAYS)
    attempt_retention_days: int = setting("INDELIBLE_ATTEMPT_RETENTION_DAYS", 0, RETENTION_DAYS)
    webhook_rejection_retention_days: int = setting(
        "INDELIBLE_WEBHOOK_REJECTION_RETENTION_DAYS", 0, RETENTION_DAYS
    )
    metrics_port: int = setting("INDELIBLE_METRICS_PORT", 0, whole_number(0, 65_000))
    backup_url: str = setting("INDELIBLE_BACKUP_URL", "", DATABASE, is_secret=True)
    backup_recipient: str = setting("INDELIBLE_BACKUP_RECIPIENT", "", PUBLIC_KEY)
    backup_identity: Path | None = setting(  # noqa: RUF009 - it declares a field
        "INDELIBLE_BACKUP_IDENTITY", None, KEY_FILE
    )
    backup_hours: int = setting("INDELIBLE_BACKUP_HOURS", 0, whole_number(0, 8_784))
    restore_target: str = setting("INDELIBLE_RESTORE_TARGET", "", RESTORE_TARGET, is_secret=True)
    deadman_url: str = setting("INDELIBLE_DEADMAN_URL", "", WEB_ADDRESS, is_secret=True)

    sections: Mapping[type, object] = field(factory=_default_sections)  # by class, one a context
    variables: Mapping[str, str] = field(factory=dict[str, str], repr=False)  # not blank, as read
    is_embedded: bool = False  # the database is the PostgreSQL of the data directory
    is_redis_embedded: bool = False  # only the processes of `up --full` use the Redis
    log_file: Path | None = None  # of this process; None lets it log to standard error

    @classmethod
    def read(cls, environment: Mapping[str, str | None]) -> Self:
        """Return the settings from environment variables; a blank variable leaves its default.

        Raises: SettingsWrong with every fault, by the name of its variable.
        """
        settings, problems = cls.read_with_problems(environment)
        if problems:
            raise SettingsWrong(tuple(problems))

        return settings

    @classmethod
    def read_with_problems(cls, environment: Mapping[str, str | None]) -> tuple[Self, list[str]]:
        """Return the settings and all problems; a wrong variable leaves its default.

        A rule between settings is not applied to a variable that is wrong by itself.
        """
        problems: list[str] = []
        values = read_values(cls, environment, problems)
        section_values: dict[type, dict[str, Any]] = {}
        for context in CONTEXTS:
            section_values[context.settings] = read_values(context.settings, environment, problems)
        problems += unknown_variables(environment, _variable_names())

        sections = {section: section(**read) for section, read in section_values.items()}
        settings = cls(**values, sections=sections, variables=_chosen_variables(environment))
        wrong = [name for name in _variable_names() if mentions(problems, (name,))]
        for problem in settings.problems_of_rules():
            if not mentions((problem,), wrong):
                problems.append(problem)

        return settings, problems

    def problems_of_rules(self) -> list[str]:
        """Return what is wrong between the settings, by the names of their variables."""
        problems = problems_of_origin(self.base_url, self.expected_origin)
        problems += problems_of_standby(self.database_url, self.read_url)
        if not self.is_plain_database_allowed:
            problems += problems_of_databases(self.database_urls)
        problems += problems_of_secrets(secrets_of(self.all_sections()))
        for context in self.built_in_contexts:
            problems += context.rules(self.section(context.settings))

        return problems

    @property
    def database_urls(self) -> Mapping[str, str]:
        """Return the addresses of databases by their variables, '' for one that is not set."""
        names = {one.metadata[VARIABLE]: one.name for one in setting_fields(type(self))}
        return {variable: getattr(self, names[variable]) for variable in DATABASES}

    def all_sections(self) -> Iterable[object]:
        """Return these settings and those of each context."""
        return (self, *self.sections.values())

    def section(self, kind: type[Section]) -> Section:
        """Return the settings of one context, by their class."""
        section = self.sections[kind]
        assert isinstance(section, kind)  # noqa: S101 - for the type checkers
        if isinstance(section, InDataDirectory):
            return cast("Section", evolve(section, data_dir=self.data_dir))

        return section

    @property
    def built_in_contexts(self) -> tuple[ServiceContext[Any], ...]:
        """Return the built-in contexts that are on: all where INDELIBLE_CONTEXTS is not set.

        Every process and every command reads it here. What is off still has its tables, which
        `verify`, exports and rebuilds always include, and its settings, which are still checked.
        """
        if not self.contexts:
            return CONTEXTS

        return tuple(context for context in CONTEXTS if context.name in self.contexts)

    @property
    def contexts_off(self) -> frozenset[str]:
        """Return the names of the built-in contexts that are off."""
        names = {context.name for context in CONTEXTS}
        return frozenset(names.difference(context.name for context in self.built_in_contexts))

    @property
    def host_modules(self) -> tuple[str, ...]:
        """Return the modules of a host's contexts: every name that is no built-in context."""
        built_in = {context.name for context in CONTEXTS}
        return tuple(name for name in self.contexts if name not in built_in)

    @property
    def chosen(self) -> frozenset[str]:
        """Return the names of the variables that are set."""
        return frozenset(self.variables)

    def variables_of_child(self) -> dict[str, str]:
        """Return the variables for a process that works for this one.

        Only this process changes the schema, so that one does not get the owner's address.
        """
        return {
            **self.variables,
            "DATABASE_URL": self.database_url,
            "INDELIBLE_OWNER_URL": "",
            "INDELIBLE_REDIS_URL": self.redis_url,
            "INDELIBLE_HOST": self.host,
            "INDELIBLE_PORT": str(self.port),
            "INDELIBLE_METRICS_PORT": str(self.metrics_port),
        }

    @property
    def url(self) -> str:
        """Return the database's address: by default a SQLite file in the data directory."""
        if self.database_url:
            return self.database_url

        return f"sqlite:///{self.data_dir.absolute() / 'indelible.db'}"

    @property
    def log_folder(self) -> Path | None:
        """Return the folder of the log files, None where this process logs to standard error."""
        return self.log_file.parent if self.log_file else None

    @property
    def address(self) -> str:
        """Return the address at which the API is reached."""
        if self.base_url:
            return self.base_url

        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def all_setting_fields() -> list["Attribute[Any]"]:
    """Return the fields of all settings, those of the contexts last."""
    attributes = setting_fields(Settings)
    for context in CONTEXTS:
        attributes.extend(setting_fields(context.settings))

    return attributes


def _variable_names() -> list[str]:
    return [attribute.metadata[VARIABLE] for attribute in all_setting_fields()]


def _chosen_variables(environment: Mapping[str, str | None]) -> dict[str, str]:
    variables: dict[str, str] = {}
    for name in _variable_names():
        text = environment.get(name) or ""
        if text.strip():
            variables[name] = text

    return variables


def environment_without_settings() -> dict[str, str]:
    """Return the environment of this process without any setting, many of which are secrets."""
    names = _variable_names()
    return {name: text for name, text in os.environ.items() if name not in names}


def load() -> Settings:
    """Return the settings of this process; the environment wins over `.env`.

    Raises: SettingsWrong.
    """
    settings, problems = load_with_problems()
    if problems:
        raise SettingsWrong(tuple(problems))

    return settings


def load_with_problems() -> tuple[Settings, list[str]]:
    """Return the settings of this process, and all problems of `.env` and of the settings."""
    problems: list[str] = []
    from_file = read_file(Path(".env"), problems)
    settings, problems_of_settings = Settings.read_with_problems({**from_file, **os.environ})
    return settings, problems + problems_of_settings
