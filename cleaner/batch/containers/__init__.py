"""How documents lie in files: one module a container, each giving jobs and taking texts back.

A reader (``read``) yields jobs in order, each with the place after it, from which reading can go
on.  What is costly, parsing a record and writing it with its new text, is the job's ``codec``'s
and happens in the worker.
"""
