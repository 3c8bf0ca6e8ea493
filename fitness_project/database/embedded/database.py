"""A database all of whose collections are ours.

PyMongo names its own classes wherever it makes a database or a collection from another.
"""

from typing import Any

from pymongo.database import Database

from .collection import Document, EmbeddedCollection


class EmbeddedDatabase(Database[Document]):
    @classmethod
    def like(cls, other: Database[Any]) -> "EmbeddedDatabase":
        options = (
            other.codec_options,
            other.read_preference,
            other.write_concern,
            other.read_concern,
        )
        return cls(other.client, other.name, *options)

    def __getitem__(self, name: str) -> EmbeddedCollection:
        return EmbeddedCollection(self, name)

    def with_options(self, *args: Any, **options: Any) -> "EmbeddedDatabase":
        return self.like(super().with_options(*args, **options))

    def get_collection(self, *args: Any, **options: Any) -> EmbeddedCollection:
        return EmbeddedCollection.like(super().get_collection(*args, **options))

    def create_collection(self, *args: Any, **options: Any) -> EmbeddedCollection:
        return EmbeddedCollection.like(super().create_collection(*args, **options))
