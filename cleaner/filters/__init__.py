"""Filters that are code: what no list of phrases can say."""
