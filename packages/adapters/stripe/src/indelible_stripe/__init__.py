"""Collect and pay out money through Stripe: the gateway of the money context.

`indelible_stripe.simulator` is a stateful stand-in for Stripe, for tests and demonstrations.
"""

from indelible_stripe.connection import DEFAULT_BASE_ADDRESS, livemode_of_key
from indelible_stripe.gateway import StripeApi

__all__ = ["DEFAULT_BASE_ADDRESS", "StripeApi", "livemode_of_key"]
