"""Rules: packs of patterns as data, and the index that finds which of them a line meets."""
