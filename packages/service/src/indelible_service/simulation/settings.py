"""The settings of the simulated installation."""

from typing import Final

from attrs import evolve

from indelible_service.contexts.money import MoneySettings
from indelible_service.settings.service import Settings
from indelible_service.simulation.draws import digest_of
from indelible_service.simulation.stripe import API_KEY, WEBHOOK_SECRET

UNLIMITED: Final = 10_000_000


def simulated_settings(seed: int) -> Settings:
    """Return the settings of an installation with a Stripe and without a limit of requests."""
    settings = Settings()
    money = MoneySettings(api_key=API_KEY, webhook_secrets=(WEBHOOK_SECRET,))
    return evolve(
        settings,
        secret=digest_of(seed, "secret"),
        requests_per_minute=UNLIMITED,
        sections={**settings.sections, MoneySettings: money},
    )
