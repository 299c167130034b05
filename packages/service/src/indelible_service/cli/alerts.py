"""Print the alert rules for Prometheus, and the dashboard for Grafana."""

import json

import click

from indelible_service.cli.output import Command, print_result


@click.command(cls=Command)
@click.option("--dashboard", "is_dashboard", is_flag=True, help="Print a dashboard for Grafana.")
def alerts(*, is_dashboard: bool) -> None:
    """Print the alert rules of the contexts that are on, a rule file for Prometheus.

    Each alert names the runbook that ends its failure. No database is opened.
    """
    from indelible_service.alerts.dashboard import dashboard
    from indelible_service.alerts.files import rules_of
    from indelible_service.settings.service import load

    names = [context.name for context in load().built_in_contexts]
    if is_dashboard:
        document = dashboard(names)
        print_result(document, json.dumps(document, indent=2))
        return

    rules = rules_of(names)
    print_result({"rules": rules}, rules.rstrip("\n"))
