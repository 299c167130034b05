"""The page of the command line."""

import inspect
from collections.abc import Iterator

import click
from docs.generators.markdown import cell, coded, page, table

from indelible_service.cli import main

LEAD = """
{epilog}

With `--json` every command prints one line of JSON. Settings come from the
[environment](settings.md).
"""
COMMON_OPTIONS = frozenset({"--help", "--json"})


def commands_page() -> str:
    """Return the page with every command, its arguments and its options."""
    lead = LEAD.lstrip().format(epilog=cell(str(main.epilog)))
    return page("The command line", lead, *_command_sections("indelible", main))


def _command_sections(path: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group) and command.commands:
        for name, child in command.commands.items():
            yield from _command_sections(f"{path} {name}", child)
        return

    yield f"## {path}\n"
    yield f"`{usage(path, command)}`\n"
    yield f"{cell(inspect.cleandoc(command.help or ''))}\n"
    rows = list(_option_rows(command))
    if rows:
        yield table(("option", "meaning", "default"), rows)


def usage(path: str, command: click.Command) -> str:
    """Return the command with its arguments, without its options."""
    pieces = command.collect_usage_pieces(click.Context(command, info_name=path))
    arguments = [piece for piece in pieces if piece != "[OPTIONS]"]

    return " ".join((path, *arguments))


def _option_rows(command: click.Command) -> Iterator[tuple[str, ...]]:
    for option in command.params:
        if not isinstance(option, click.Option) or COMMON_OPTIONS.intersection(option.opts):
            continue
        names = ", ".join(option.opts)
        default = "required" if option.required else coded(default_text(option))
        yield coded(names), cell(option.help or ""), default


def default_text(option: click.Option) -> str:
    """Return the default of an option, or '' if it has none or hides it."""
    if not option.show_default or option.default is None:
        return ""
    return str(option.default)
