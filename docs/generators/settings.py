"""Settings, the command line, metrics and hooks: what an operator and a host can decide, watch and replace."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from attrs import NOTHING, fields
from docs.generators.markdown import cell, coded, first_sentence, page, plain_types, table
from prometheus_client import Metric

import indelible_sql
from indelible.app import AppContext
from indelible.concepts import ConceptPolicy
from indelible.kernel import Actor, Clock, Ids, IndelibleError, Store
from indelible.kernel.keys import KeyPolicy
from indelible.kernel.settings import SystemConfigCache
from indelible.kernel.stages import STAGE
from indelible.memory import MemoryStore
from indelible.policy import Policy
from indelible_service.cli import main
from indelible_service.settings import Settings, all_setting_fields
from indelible_web import Authenticator, WebSettings
from indelible_web.app import create_metrics
from indelible_web.contexts import CONTEXTS

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"((?:^# .*\n)+)^(\w+)=", re.MULTILINE)
PROTOCOLS = (Authenticator, Clock, Ids, Store)
OPENED: tuple[Callable[..., object], ...] = (
    indelible_sql.open_store,
    indelible_sql.open_async_store,
    MemoryStore,
)
DECIDED = (AppContext, WebSettings, Policy, ConceptPolicy, KeyPolicy, indelible_sql.Pool)
LISTENED = ("listen", "listens_for")


def settings_page() -> str:
    """Return the page of every variable with its meaning, format and default."""
    lead = (
        "Settings are read from the environment and from `.env` in the directory where the process starts; the"
        " environment wins. A blank variable leaves its default. All faults are reported at once, by name, and never"
        " with the value, which may be a secret. `.env.example` lists the same variables. The libraries read none of"
        " them when they are used without the service: see [hooks](hooks.md).\n"
    )
    meaning_by_variable = dict(meanings())
    rows: list[tuple[str, ...]] = []
    for attribute in all_setting_fields():
        variable = attribute.metadata["variable"]
        default_text = default(attribute)
        meaning = meaning_by_variable[variable].removesuffix(f" Default: {default_text}.")
        rows.append((coded(variable), meaning, wanted(variable), coded(default_text)))

    return page("Settings", lead, table(("variable", "meaning", "must be", "default"), rows))


def meanings() -> Iterator[tuple[str, str]]:
    """Yield each variable with its comment in `.env.example`."""
    for comment, variable in EXAMPLE.findall((ROOT / ".env.example").read_text(encoding="utf-8")):
        yield variable, cell(" ".join(line.removeprefix("# ") for line in comment.splitlines()))


def wanted(variable: str) -> str:
    """Return the accepted format, as the error for an invalid value names it."""
    try:
        Settings.read({variable: "?"})
    except IndelibleError as error:
        return cell(str(error.detail["problems"][0]).removeprefix(f"{variable} must be "))
    return "any text"


def default(attribute: Any) -> str:  # noqa: ANN401 - attrs leaves it open
    """Return a default as an operator would write it."""
    value = attribute.default
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value in (b"", ()) else str(value)


def commands_page() -> str:
    """Every command with its arguments and options."""
    lead = (
        f"{cell(str(main.epilog))}\n\nEvery command answers with one line of JSON after `--json`."
        " Settings come from the [environment](settings.md).\n"
    )
    return page("The command line", lead, *(part for part in command_parts("indelible", main)))


def command_parts(path: str, command: click.Command) -> Iterator[str]:
    """A command, or all of a group."""
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from command_parts(f"{path} {name}", child)
        return
    context = click.Context(command, info_name=path)
    pieces = " ".join(
        piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"
    )
    yield f"## {path}\n"
    yield f"`{path}{' ' + pieces if pieces else ''}`\n"
    yield f"{cell(inspect.cleandoc(command.help or ''))}\n"
    own = (each for each in command.get_params(context) if isinstance(each, click.Option))
    options = [each for each in own if not {"--help", "--json"}.intersection(each.opts)]
    if options:
        rows = [
            (coded(", ".join(each.opts)), cell(each.help or ""), coded(shown(each)))
            for each in options
        ]
        yield table(("option", "meaning", "default"), rows)


def shown(option: click.Option) -> str:
    """An option's default, nothing where there is none."""
    return str(option.default) if option.show_default and option.default is not None else ""


def metrics_page() -> str:
    """Every counter with its labels, and the values that the lifecycles give them."""
    lead = (
        "Served at `/metrics`, as Prometheus reads them; one registry for each application. No label holds an id, an"
        " actor or a text. Every action of a lifecycle is there from the start, with 0.\n"
    )
    config = SystemConfigCache(fetch=dict)
    config.fallbacks["a key", "a reason"] = 1
    store = MemoryStore()
    with store.transaction(actor=Actor.system("docs"), reason="an example") as tx:
        tx.tasks.enqueue("detect", {"chain": tx.clock.now()})
    metrics = create_metrics(AppContext(store=store, config=config), CONTEXTS)
    before = {each.name for each in metrics.registry.collect()}
    metrics.observe_request("GET", "/v1/concepts", 200, timedelta())
    metrics.count_command("concept", "create", "OK")
    rows = [metric_row(each) for each in metrics.registry.collect() if each.name in before]
    lifecycles = [STAGE]
    for context in CONTEXTS:
        lifecycles += context.lifecycles
    values = [
        (coded(each.name), ", ".join(f"`{action}`" for action in actions(each)))
        for each in lifecycles
    ]
    return page(
        "Metrics",
        lead,
        table(("metric", "type", "labels", "says"), rows),
        "`code` is `OK`, or the code of a refusal ([errors](errors.md)); `route` is a pattern such as"
        " `/v1/concepts/<concept_id>`, or `none`. A capture is counted as `capture` of `artifact`, and as a transition"
        " where it was kept. What is told of settings is there where a host wires them (`AppContext.config`).\n",
        table(("lifecycle", "actions"), values),
    )


def actions(lifecycle: Any) -> Iterable[str]:  # noqa: ANN401 - any lifecycle
    """The actions of a lifecycle, each once, as declared."""
    return dict.fromkeys(edge.action for edge in lifecycle.edges)


def metric_row(metric: Metric) -> tuple[str, ...]:
    """One metric, by the name under which it is asked for."""
    labels = dict.fromkeys(
        name for sample in metric.samples for name in sample.labels if name != "le"
    )
    name = f"{metric.name}_total" if metric.type == "counter" else metric.name
    return coded(name), metric.type, ", ".join(f"`{each}`" for each in labels), metric.documentation


def hooks_page() -> str:
    """What a host gives, what it may replace, and what is hung where."""
    lead = "Where a host's own code meets the library. Nothing is discovered: what you want to be used, you give.\n"
    return page(
        "Hooks",
        lead,
        "## What a store is opened with\n",
        *(part for each in OPENED for part in parameters_part(each)),
        "## What is decided beside it\n",
        *(part for each in DECIDED for part in fields_part(each)),
        "## What a host may fulfil itself\n",
        "\n".join(line for each in PROTOCOLS for line in protocol_lines(each)) + "\n",
        "A lifecycle and a table of a host's own: [how to](../how-to/own-lifecycle.md), and `indelible_sql` in [the"
        " library](api/sql.md). Other ports, for an adapter: [how to](../how-to/adapter.md).\n",
        "## Loggers\n",
        "Of the standard library's `logging`; no library of ours sets a level or a handler. No query, bound value, key"
        " or content is logged.\n",
        table(("logger", "file", "levels"), loggers()),
        "## What we hang on others\n",
        "Events of SQLAlchemy on engines of our own (a host's engine gets none), and Flask's, in the order in which"
        " they are registered.\n",
        table(("file", "hook", "what is called"), listeners()),
    )


def parameters_part(function: Callable[..., object]) -> Iterator[str]:
    """A function's parameters, with their types and defaults."""
    yield f"### {function.__module__.partition('.')[0]}: {function.__name__}\n"
    rows = [
        (
            coded(name),
            coded(plain_types(inspect.formatannotation(each.annotation))),
            coded(given(each.default)),
        )
        for name, each in inspect.signature(function).parameters.items()
    ]
    yield table(("parameter", "type", "default"), rows)


def given(value: object) -> str:
    """A default, nothing where the caller must say."""
    if value in (inspect.Parameter.empty, NOTHING):
        return ""
    text = repr(value)
    return "the library's own" if text.startswith(("Factory(", "frozenset(", "<function")) else text


def fields_part(kind: type) -> Iterator[str]:
    """A frozen class's fields, with their types and defaults."""
    yield f"### {kind.__name__}\n"
    yield f"{first_sentence(kind)}\n"
    rows = [
        (
            coded(each.name),
            coded(plain_types(inspect.formatannotation(each.type))),
            coded(given(each.default)),
        )
        for each in fields(kind)
    ]
    yield table(("field", "type", "default"), rows)


def protocol_lines(protocol: type) -> Iterator[str]:
    """A protocol with its methods."""
    yield f"- **{protocol.__name__}**: {first_sentence(protocol)}"
    for name, method in vars(protocol).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            yield f"  - `{name}`: {first_sentence(method)}"


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module that is shipped, by its path."""
    for path in sorted((ROOT / "packages").glob("**/src/*/**/*.py")):
        place = path.relative_to(
            next(each for each in path.parents if each.name == "src")
        ).as_posix()
        yield place, ast.parse(path.read_text(encoding="utf-8"))


def loggers() -> Iterator[tuple[str, ...]]:
    """Every logger: its name, where it is, and at which levels it speaks."""
    for place, tree in modules():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        asked = [(each.func, each.args) for each in calls if isinstance(each.func, ast.Attribute)]
        names = [
            ast.unparse(given[0]) for called, given in asked if called.attr == "getLogger" and given
        ]
        spoken = {
            called.attr.upper() for called, _ in asked if ast.unparse(called.value) == "logger"
        }
        if names and spoken:
            own = place.removesuffix(".py").replace("/", ".")
            yield (
                coded(own if names[0] == "__name__" else ast.literal_eval(names[0])),
                coded(place),
                ", ".join(sorted(spoken)),
            )


def listeners() -> Iterator[tuple[str, ...]]:
    """Every place that hangs something on an engine or an application."""
    for place, tree in modules():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in LISTENED
            ):
                yield (
                    coded(place),
                    coded(str(ast.literal_eval(node.args[1]))),
                    coded(ast.unparse(node.args[2])),
                )
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and len(node.args) == 1
            ):
                name = node.func.attr
                if name in ("before_request", "after_request", "teardown_request"):
                    yield coded(place), coded(name), coded(ast.unparse(node.args[0]))
