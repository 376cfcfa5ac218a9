"""Repairs of damaged text: each weighs its evidence and abstains when it is unsure."""
