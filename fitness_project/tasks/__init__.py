"""Runs work that outlives a request.

Apps declare a task with `django_tasks.task` and enqueue it inside the transaction of the write that
it completes. The task is stored in that transaction, and a worker process runs it.
"""
