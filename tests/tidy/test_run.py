"""./run answers a question, or names a wrong word, before it builds or installs anything."""
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path):
    """Runs ./run in a fresh checkout, of which only the scripts are there."""
    shutil.copytree(ROOT / "scripts", tmp_path / "a checkout" / "scripts")
    script = shutil.copy(ROOT / "run", tmp_path / "a checkout" / "run")

    def call(*words):
        done = subprocess.run([script, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert "==>" not in done.stderr, done.stderr
        assert not (tmp_path / "a checkout" / "build").exists()
        return done

    return call


@pytest.mark.parametrize("command", ["demo", "build", "test", "chaos", "lint", "es"])
def test_a_question_needs_no_build(run, command):
    done = run(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"./run {command}" in done.stdout


@pytest.mark.parametrize("words", [["demo", "--kept"], ["build", "all"], ["test", "end2end"], ["es", "begin"], ["lint", "style"]])
def test_a_wrong_word_is_named_before_anything_is_built(run, words):
    done = run(*words)
    assert done.returncode == 2 and done.stderr.startswith("run: "), done.stderr
