"""./run answers a question, or names a wrong word, before it builds or installs anything."""
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A fresh one, of which only the scripts are there."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    shutil.copy(ROOT / "run", root / "run")
    return root


@pytest.fixture
def run(checkout):
    def call(*words):
        done = subprocess.run([checkout / "run", *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert "==>" not in done.stderr, done.stderr
        assert not (checkout / "build").exists()
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


def test_a_build_waits_for_another_one(checkout):
    (checkout / "build").mkdir()
    with open(checkout / "build" / "release.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = subprocess.Popen([checkout / "run", "build"], stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, start_new_session=True)
        told = waiting.stderr.readline()
        os.killpg(waiting.pid, signal.SIGTERM)
        waiting.communicate(timeout=60)
    assert told == "==> another run is building: waiting for it\n"
