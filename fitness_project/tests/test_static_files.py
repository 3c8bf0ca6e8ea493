"""Scripts and styles, collected by `serve`."""

import gzip
import os
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedStaticFilesStorage

from fitness_project import static_files
from fitness_project.static_files import VERSIONS_KEPT, VersionedStorage, collect

FORM = "exercises/form.css"


@pytest.fixture
def root(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    return settings.STATIC_ROOT


def url_of_form():
    return VersionedStorage().url(FORM)


def use_other_version(monkeypatch):
    monkeypatch.setattr(static_files, "LEFT_OUT", [*static_files.LEFT_OUT, "site"])


def test_a_collected_file_has_its_version_in_its_address_and_is_compressed(root, settings):
    collect()

    assert re.match(settings.WHITENOISE_IMMUTABLE_FILE_TEST, url_of_form())
    path = root / url_of_form().removeprefix("/static/")
    assert gzip.decompress(path.with_name("form.css.gz").read_bytes()) == path.read_bytes()
    assert path.read_text() == Path(finders.find(FORM)).read_text()
    assert [path.name for path in root.parent.iterdir()] == ["static"]


def test_addresses_stay_as_they_are_where_nothing_was_collected(root):
    assert url_of_form() == f"/static/{FORM}"


def test_the_same_files_are_collected_once_and_then_nothing_is_written(root, monkeypatch):
    collect()
    monkeypatch.setattr(static_files, "call_command", lambda *_: pytest.fail("collected again"))
    (root / ".lock").unlink()

    collect()

    assert not (root / ".lock").exists()


def test_another_version_keeps_the_files_of_the_one_that_still_serves(root, monkeypatch):
    collect()
    old = url_of_form()
    use_other_version(monkeypatch)

    collect()

    for url in (old, url_of_form()):
        assert (root / url.removeprefix("/static/")).exists()
    assert url_of_form() != old


def test_another_versions_files_are_not_used(root, monkeypatch):
    collect()
    use_other_version(monkeypatch)

    assert url_of_form() == f"/static/{FORM}"


def test_a_start_that_failed_leaves_nothing_behind_that_is_used(root, monkeypatch):
    def fails(storage, paths, **options):
        raise OSError("No space left on device")

    with monkeypatch.context() as full:
        full.setattr(CompressedStaticFilesStorage, "post_process", fails)
        with pytest.raises(OSError, match="No space"):
            collect()
    assert url_of_form() == f"/static/{FORM}"

    collect()

    assert url_of_form() != f"/static/{FORM}"


def test_only_the_newest_versions_are_kept(root):
    for age in range(VERSIONS_KEPT + 1):
        (root / f"{age}").mkdir(parents=True)
        os.utime(root / f"{age}", (-age, -age))

    collect()

    kept = {path.name for path in root.iterdir() if path.is_dir()}
    assert len(kept) == VERSIONS_KEPT
    assert {"0", "1", "2", "3"} < kept
