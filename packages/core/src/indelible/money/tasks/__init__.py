"""Tasks of money, and the requests that act at Stripe."""
