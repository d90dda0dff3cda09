"""The built wheel, in an empty environment and from an empty folder, answers from what ships with it."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    built = subprocess.run([*command, str(PROJECT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_the_corpus_and_no_official_text(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("corpus/sources.yaml", "corpus/restatements/us/cfr/28/202/202.205.md", "assistant/words.yaml"):
        assert wanted in names
    assert not [name for name in names if name.endswith((".xml", ".zh.md")) or name.startswith("tests/")]


@pytest.mark.slow
def test_the_installed_wheel_answers_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """The environment is empty but for the dependencies, which it borrows from this one."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    site = next((home / "lib").glob("python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    ours = next(Path(sys.executable).parents[1].joinpath("lib").glob("python*/site-packages"))
    dependencies = site / "dependencies"
    dependencies.mkdir()
    for entry in ours.iterdir():
        if not entry.name.startswith(("genomic_policy_assistant", "_genomic_policy_assistant", "__editable__")):
            (dependencies / entry.name).symlink_to(entry)
    (site / "dependencies.pth").write_text(str(dependencies), encoding="utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("POLICY_", "PYTHON", "VIRTUAL"))}
    environment |= {"POLICY_DATA": str(tmp_path / "data")}
    asked = subprocess.run(
        [str(python), "-m", "assistant", "ask", "How many people's genomes make bulk data?", "--json"],
        capture_output=True, text=True, env=environment, cwd=empty, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["citations"][0]["locator"] == "us/cfr/28/202.205/a"
