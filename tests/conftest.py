"""Shared by all tests: the profile of the property tests."""

from hypothesis import HealthCheck, settings

settings.register_profile("facts", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
settings.load_profile("facts")
