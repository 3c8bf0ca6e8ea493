"""Scripts and styles, collected by `serve`."""

import gzip
import json

import pytest

from fitness_project import static_files
from fitness_project.static_files import HashedStorage, collect

FORM = "exercises/form.css"


@pytest.fixture
def root(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    return settings.STATIC_ROOT


def test_a_collected_file_has_a_hash_in_its_name_and_is_compressed(root):
    collect()

    name = HashedStorage(location=root).stored_name(FORM)
    assert name != FORM
    content = (root / name).read_bytes()
    assert gzip.decompress((root / f"{name}.gz").read_bytes()) == content
    assert not (root / FORM).exists()


def test_names_stay_as_they_are_where_nothing_was_collected(root):
    assert HashedStorage(location=root).stored_name(FORM) == FORM


def test_the_same_files_are_collected_once(root, monkeypatch):
    collect()
    monkeypatch.setattr(static_files, "_move", lambda *_: pytest.fail("collected again"))

    collect()


def test_another_version_keeps_the_files_of_the_one_that_still_serves(root):
    collect()
    (root / static_files.STAMP).write_text("another version's")
    old = root / "exercises/form.000000000000.css"
    old.write_text("Still linked from open pages.")

    collect()

    assert old.exists()
    manifest = json.loads((root / HashedStorage.manifest_name).read_text())
    assert all((root / name).exists() for name in manifest["paths"].values())
    assert [path.name for path in root.parent.iterdir()] == ["static"]
