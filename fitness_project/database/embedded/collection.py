"""Collections whose commands reach the embedded server in a form that it handles rightly.

- Pipelines: nested projections are spelled with dots, see `projections`.
- Writes of many documents: outside a transaction, `updateMany` and `deleteMany` hold the lock on
  their collection while they wait for a transaction to give a document free. If that
  transaction has another write to do there, both wait for ever, and soon everybody else with them.
  In a transaction of its own such a write waits for nobody: it loses the race and is run again.
"""

from functools import wraps

from pymongo.collection import Collection

from fitness_project.database.transactions import in_transaction

from .projections import flattened


def _never_alone(write):
    """Runs a collection's method in a transaction of its own where there is none."""

    @wraps(write)
    def run(collection, *args, session=None, **kwargs):
        if session is not None:
            return write(collection, *args, session=session, **kwargs)
        return in_transaction(
            collection.database.client,
            lambda session: write(collection, *args, session=session, **kwargs),
        )

    return run


class MendedCollection(Collection):
    def aggregate(self, pipeline, *args, **kwargs):
        return super().aggregate(flattened(pipeline), *args, **kwargs)

    update_many = _never_alone(Collection.update_many)
    delete_many = _never_alone(Collection.delete_many)
