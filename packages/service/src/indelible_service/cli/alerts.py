"""Print the alert rules for Prometheus."""

import click

from indelible_service.cli.output import Command, print_result


@click.command(cls=Command)
def alerts() -> None:
    """Print the alert rules of the contexts that are on, a rule file for Prometheus.

    Each alert names the runbook that ends its failure. No database is opened.
    """
    from indelible_service.alerts.files import rules_of
    from indelible_service.settings.service import load

    rules = rules_of([context.name for context in load().built_in_contexts])
    print_result({"rules": rules}, rules.rstrip("\n"))
