"""The review page: every decision of a run, to look at, argue with and export."""
