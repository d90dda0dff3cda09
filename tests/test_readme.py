"""The README is true: its console blocks run, and what it names is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.startswith("$ ")
]


def test_there_are_commands_to_run() -> None:
    assert len(COMMANDS) >= 7


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command: str, data_folder: Path) -> None:
    environment = {**os.environ, "POLICY_DATA": str(data_folder), "POLICY_SOURCES": ""}
    line = command.replace(".venv/bin/policy-assistant", f"'{sys.executable}' -m assistant")
    found = subprocess.run(line, shell=True, capture_output=True, text=True, env=environment, cwd=PROJECT, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip()


def test_files_that_the_readme_links_to_are_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_every_setting_of_the_readme_is_read() -> None:
    code = (PROJECT / "assistant" / "settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r"`(POLICY_[A-Z]+)`", README))
    assert named == set(re.findall(r"POLICY_[A-Z]+", code))
