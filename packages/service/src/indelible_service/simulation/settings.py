"""The settings of the simulated installation."""

from typing import Final

from attrs import evolve

from indelible_service.contexts.contests import ContestSettings
from indelible_service.contexts.money import MoneySettings
from indelible_service.settings.service import Settings
from indelible_service.simulation.draws import digest_of
from indelible_service.simulation.stripe import API_KEY, WEBHOOK_SECRET

UNLIMITED: Final = 10_000_000
POLL_SECONDS: Final = 3_600  # INGESTION_POLL_SECONDS: the most


def simulated_settings(seed: int) -> Settings:
    """Return the settings of an installation with a Stripe and without a limit of requests."""
    settings = Settings()
    money = MoneySettings(api_key=API_KEY, webhook_secrets=(WEBHOOK_SECRET,))
    contests = ContestSettings(ingestion_poll_seconds=POLL_SECONDS)
    return evolve(
        settings,
        secret=digest_of(seed, "secret"),
        requests_per_minute=UNLIMITED,
        sections={**settings.sections, ContestSettings: contests, MoneySettings: money},
    )
