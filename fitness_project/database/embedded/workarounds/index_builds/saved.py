"""A collection's documents and its indexes to be, in files."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import IndexModel
from pymongo.collection import Collection

RAW = CodecOptions(document_class=RawBSONDocument)
BATCH = 1_000


class Saved:
    """Each file exists as a whole or not at all, and is on the disk once it exists.

    There is more than one file of documents if a service has written into the collection after an
    interruption. The newest one counts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._indexes = folder / "indexes.bson"

    @property
    def is_unfinished(self) -> bool:
        return self._indexes.exists()

    def begin(self, indexes: Sequence[IndexModel]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self._indexes, (bson.encode(index.document) for index in indexes))

    @property
    def indexes(self) -> list[IndexModel]:
        found = bson.decode_all(self._indexes.read_bytes())
        return [IndexModel(index.pop("key").items(), **index) for index in found]

    def add(self, collection: Collection[Any]) -> None:
        """Saves all documents of the collection."""
        batches = collection.find_raw_batches(batch_size=BATCH)
        _write(self._folder / f"documents-{len(self._files) + 1}.bson", batches)

    @property
    def newest_first(self) -> "Iterator[Documents]":
        return map(Documents, reversed(self._files))

    def remove(self) -> None:
        """At once: from half of the files, a later call would restore what was deleted since."""
        removed = self._folder.with_suffix(".removed")
        self._folder.replace(removed)
        shutil.rmtree(removed)

    @property
    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("documents-*.bson"), key=lambda path: path.stat().st_mtime)


class Documents:
    """The documents in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size

    def __iter__(self) -> Iterator[RawBSONDocument]:
        with self.path.open("rb") as file:
            yield from bson.decode_file_iter(file, RAW)


def _write(path: Path, parts: Iterable[bytes]) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
