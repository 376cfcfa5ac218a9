"""The version, apart from everything else, so that it can be told before anything is loaded."""

__version__ = "0.1.0"
