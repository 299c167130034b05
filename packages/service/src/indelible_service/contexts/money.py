"""Money in the service: the settings of Stripe, and the stages of payments and payouts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from attrs import frozen

from indelible.kernel.distributions import STRIPE
from indelible.money.entities.values import ReconciliationScope
from indelible.money.errors.payments import PaymentsNotConfigured
from indelible.money.ports.gateway import StripeGateway
from indelible.money.rules.events import Environment
from indelible.money.rules.payouts import AUTOMATIC, MANUAL, SWEEP_PAYOUTS_STAGE, PayoutPolicy
from indelible_service.contexts.declaration import AnyStage, AnyStore, ServiceContext
from indelible_service.monitoring.peers import Peer
from indelible_service.settings.environment import (
    ON_OFF,
    Format,
    has_valid_port,
    setting,
)

if TYPE_CHECKING:  # these need packages that not every command does
    from prometheus_client import CollectorRegistry

    from indelible.money.tasks.reconciling import Reconcile
    from indelible_workers import RecurringTask

DEFAULT_API_URL: Final = "https://api.stripe.com"
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
LIVE_KEY: Final = ("sk_live_", "rk_live_")
API_KEY: Final = Format(
    "a secret or restricted key that begins with sk_test_, sk_live_, rk_test_ or rk_live_",
    r"(sk|rk)_(test|live)_[A-Za-z0-9_]{1,250}",
)
WEBHOOK_SECRETS: Final = Format(
    "one secret that begins with whsec_, or two with a comma between them during a rotation",
    r"whsec_[A-Za-z0-9_+/=]{1,250}(\s*,\s*whsec_[A-Za-z0-9_+/=]{1,250})?",
    lambda text: tuple(secret.strip() for secret in text.split(",")),
)
ACCOUNT: Final = Format("the id of an account, which begins with acct_", r"acct_[A-Za-z0-9]{1,250}")
API_VERSION: Final = Format(
    "a version of Stripe's API such as 2025-03-31.basil, or 2024-06-20",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z]{1,40})?",
)
API_URL: Final = Format(
    "an address such as https://api.example.com",
    r"https?://[\w.\[\]:-]+",
    is_valid=has_valid_port,
)


@frozen(kw_only=True)
class MoneySettings:
    """The settings of money; without a key of Stripe no fee can be paid."""

    api_key: str = setting("STRIPE_API_KEY", "", API_KEY, is_secret=True)
    webhook_secrets: tuple[str, ...] = setting(
        "STRIPE_WEBHOOK_SECRET", (), WEBHOOK_SECRETS, is_secret=True
    )
    connect_webhook_secrets: tuple[str, ...] = setting(
        "STRIPE_CONNECT_WEBHOOK_SECRET", (), WEBHOOK_SECRETS, is_secret=True
    )
    livemode: bool = setting("STRIPE_LIVEMODE", default=False, accepted=ON_OFF)
    account: str | None = setting("STRIPE_ACCOUNT", None, ACCOUNT)
    api_version: str | None = setting("STRIPE_API_VERSION", None, API_VERSION)
    api_url: str = setting("STRIPE_API_URL", DEFAULT_API_URL, API_URL)
    automatic_payouts: bool = setting("INDELIBLE_AUTOMATIC_PAYOUTS", default=True, accepted=ON_OFF)

    @property
    def has_stripe(self) -> bool:
        """Return True where Stripe is configured."""
        return bool(self.api_key)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """Return the secrets of both endpoints: at most four, two of each during a rotation."""
        return self.webhook_secrets + self.connect_webhook_secrets

    @property
    def environment(self) -> Environment:
        """Return what events of Stripe must belong to."""
        return Environment(
            livemode=self.livemode, account=self.account, api_version=self.api_version
        )

    @property
    def payout_policy(self) -> PayoutPolicy:
        """Return who approves payouts."""
        return AUTOMATIC if self.automatic_payouts else MANUAL


def problems_of_settings(settings: MoneySettings) -> Sequence[str]:
    """Return a problem for each setting that is missing, or that contradicts another one."""
    problems: list[str] = []
    if settings.api_key and not settings.webhook_secrets:
        problems.append("STRIPE_WEBHOOK_SECRET must be set because STRIPE_API_KEY is set")
    if settings.webhook_secrets and not settings.api_key:
        problems.append("STRIPE_API_KEY must be set because STRIPE_WEBHOOK_SECRET is set")
    if settings.connect_webhook_secrets and not settings.api_key:
        problems.append("STRIPE_API_KEY must be set because STRIPE_CONNECT_WEBHOOK_SECRET is set")
    is_live = settings.api_key.startswith(LIVE_KEY)
    if settings.api_key and is_live is not settings.livemode:
        mode, expected = ("live", "on") if is_live else ("test", "off")
        problems.append(f"STRIPE_LIVEMODE must be {expected}: STRIPE_API_KEY is of {mode} mode")

    return problems


def build_gateway(settings: MoneySettings) -> StripeGateway:
    """Return the gateway to the configured Stripe.

    Raises: PaymentsNotConfigured, DistributionMissing.
    """
    if not settings.has_stripe:
        raise PaymentsNotConfigured

    with STRIPE.required():
        from indelible_stripe import StripeApi

    return StripeApi(
        api_key=settings.api_key, livemode=settings.livemode, base_address=settings.api_url
    )


def build_optional_gateway(settings: MoneySettings) -> StripeGateway | None:
    """Return the gateway, or None where Stripe is not configured."""
    return build_gateway(settings) if settings.has_stripe else None


def build_stages(settings: MoneySettings, store: AnyStore) -> Sequence[AnyStage]:
    """Return the stages of the ledger, and with Stripe those that send requests to it."""
    from indelible.money.tasks.planning import PlanRemaining
    from indelible.reactions import PostSettlement, UpdateCharges

    ledger: list[AnyStage] = [
        UpdateCharges(store=store).stage(),
        PostSettlement(store=store).stage(),
    ]
    gateway = build_optional_gateway(settings)
    if gateway is None:
        planning = PlanRemaining(store=store, policy=settings.payout_policy)
        return [*ledger, planning.stage()]

    return [*ledger, *stripe_stages(settings, store, gateway)]


def stripe_stages(
    settings: MoneySettings, store: AnyStore, gateway: StripeGateway
) -> list[AnyStage]:
    """Return the stages that send requests to Stripe, with the metrics of this process."""
    from indelible.money.tasks.payment_stages import PaymentStages
    from indelible.money.tasks.payout_stages import PayoutStages
    from indelible_service.contexts.money_metrics import money_metrics

    metrics = money_metrics()
    metrics.read_from(store)
    payments = PaymentStages(store=store, gateway=gateway, observer=metrics)
    payouts = PayoutStages(
        store=store, gateway=gateway, observer=metrics, policy=settings.payout_policy
    )
    stages: list[AnyStage] = [*payments.stages(), *payouts.stages()]
    for scope in ReconciliationScope:
        stages.append(build_reconciliation(settings, store, gateway, scope).stage())
    return stages


def build_reconciliation(
    settings: MoneySettings, store: AnyStore, gateway: StripeGateway, scope: ReconciliationScope
) -> "Reconcile":
    """Return the comparison of the books with Stripe."""
    from indelible.money.tasks.receiving import WebhookHandler
    from indelible.money.tasks.reconciling import Reconcile
    from indelible_service.contexts.money_metrics import money_metrics

    handler = WebhookHandler(
        store=store, secrets=settings.signing_secrets, environment=settings.environment
    )
    return Reconcile(
        store=store,
        gateway=gateway,
        backfill=handler.backfill,
        scope=scope,
        observer=money_metrics(),
    )


def build_recurring(settings: MoneySettings) -> "Sequence[RecurringTask]":
    """Return the recurring tasks of the sweep and of the reconciliations."""
    if not settings.has_stripe:
        return ()

    from indelible.money.tasks.reconciling import EVERY_SECONDS, STAGES
    from indelible.money.tasks.sweeping import SWEEP_SECONDS
    from indelible_workers import RecurringTask

    sweep = RecurringTask(name="payouts", stage=SWEEP_PAYOUTS_STAGE, every_seconds=SWEEP_SECONDS)
    tasks = [sweep]
    for scope, stage in STAGES.items():
        name = f"reconciliation-{scope.value.lower()}"
        tasks.append(RecurringTask(name=name, stage=stage, every_seconds=EVERY_SECONDS[scope]))
    return tasks


def build_peers(settings: MoneySettings) -> Sequence[Peer]:
    """Return Stripe where it is configured."""
    if not settings.has_stripe:
        return ()

    address = urlsplit(settings.api_url)
    server = Peer(
        name="Stripe",
        host=address.hostname or "",
        port=address.port or DEFAULT_PORTS[address.scheme],
        ask=lambda: None,
        while_silent="payments and payouts wait and are repeated, and no contest waits for them",
    )
    return (server,)


def build_notes(settings: MoneySettings) -> Sequence[str]:
    """Return what workers cannot do where Stripe is not configured."""
    if settings.has_stripe:
        return ()

    note = (
        "no Stripe is configured (STRIPE_API_KEY): entries with a fee cannot be paid, and winners"
        " are owed their money"
    )
    return (note,)


def build_registries() -> "Sequence[CollectorRegistry]":
    """Return the metrics of money of this process."""
    from indelible_service.contexts.money_metrics import money_metrics

    return (money_metrics().registry,)


def web_options(settings: MoneySettings) -> Mapping[str, Any]:
    """Return the settings of the web that belong to money."""
    environment = settings.environment
    return {
        "stripe_webhook_secrets": settings.signing_secrets,
        "stripe_livemode": environment.livemode,
        "stripe_account": environment.account,
        "stripe_api_version": environment.api_version,
    }


CONTEXT: Final = ServiceContext(
    name="money",
    settings=MoneySettings,
    rules=problems_of_settings,
    gateways={"stripe": build_optional_gateway},
    web_options=web_options,
    stages=build_stages,
    recurring=build_recurring,
    peers=build_peers,
    notes=build_notes,
    registries=build_registries,
    scopes=("payments:read", "payments:write"),
)
