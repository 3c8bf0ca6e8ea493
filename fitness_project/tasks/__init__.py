"""Runs work that outlives a request.

Apps declare a task with `django_tasks.task` and enqueue it inside the transaction of the write that
it completes. The task is stored in that transaction, and a worker process runs it.

A task may be killed at any moment, and run again. While its worker is stalled, another one may even
run it at the same time. So a second run must end in the same state as the first, and every write
must tolerate that another run has already made it.
"""
