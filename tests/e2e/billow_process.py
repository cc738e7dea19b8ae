"""Runs the program as a user would: a configuration file, arguments, and what it prints."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request


class Billow:
    def __init__(self, program, es_url, folder):
        self.program = str(program)
        self.es_url = es_url
        self.folder = pathlib.Path(folder)
        self.environment = {}

    def config(self, feeds, elasticsearch=None, extra=None, name="billow.yml"):
        """Writes a configuration and returns its path. JSON is YAML, so nothing is lost in quoting."""
        settings = {"elasticsearch": {"url": self.es_url, **(elasticsearch or {})}, "feeds": feeds, **(extra or {})}
        path = self.folder / name
        path.write_text(json.dumps(settings, indent=1))
        return path

    def variables(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BILLOW_", "EC_"))}
        kept["AWS_EC2_METADATA_DISABLED"] = "true"
        kept.setdefault("HOME", str(self.folder))
        kept["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
        return {**kept, **self.environment}

    def run(self, *arguments, timeout=240, check=None):
        done = subprocess.run([self.program, *map(str, arguments)], env=self.variables(), cwd=self.folder,
                              capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        assert "Sanitizer" not in done.stderr, done.stderr[-8000:]
        if check is not None:
            assert done.returncode == check, f"exit {done.returncode}, expected {check}\n{done.stdout}\n{done.stderr}"
        return done

    def sync(self, config, *arguments, check=0, **options):
        return self.run("sync", "-c", config, *arguments, check=check, **options)

    def start(self, *arguments):
        """Starts it without waiting; the caller ends it."""
        return subprocess.Popen([self.program, *map(str, arguments)], env=self.variables(), cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)


class Daemon:
    """`billow serve` on a free port, ended by SIGTERM."""

    def __init__(self, billow, config, name="serve"):
        self.log_path = billow.folder / f"{name}.log"
        self.log = open(self.log_path, "w", encoding="utf-8")
        self.process = subprocess.Popen([billow.program, "serve", "-c", str(config)], env=billow.variables(),
                                        cwd=billow.folder, stdout=self.log, stderr=subprocess.STDOUT,
                                        stdin=subprocess.DEVNULL)

    def wait_for(self, pattern, seconds=60):
        """The first match of `pattern` in the log."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = re.search(pattern, self.log_path.read_text())
            if found:
                return found
            assert self.process.poll() is None, self.log_path.read_text()
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} within {seconds} s in\n{self.log_path.read_text()}")

    def get(self, url):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self, seconds=40):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.log.close()
        text = self.log_path.read_text()
        assert "Sanitizer" not in text, text[-8000:]
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if not self.log.closed:
            self.log.close()
