"""The local server: a page to paste texts into, and JSON endpoints, over processes that can be ended."""
