"""Collect and pay out money through Stripe."""
