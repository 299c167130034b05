"""The ports of money: repositories in a transaction, and the gateway to Stripe."""
