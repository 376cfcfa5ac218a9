"""Cleaning many documents: files, folders and JSON lines, streaming, order kept."""
