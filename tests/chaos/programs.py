"""The program as processes that may be killed, paused and resumed at any moment; each writes a log of its own."""
import os
import signal
import subprocess
import threading

import paths
from billow_process import Billow


def has(word, *command):
    """Whether the help of a command names it."""
    help_text = subprocess.run([paths.program(), *command, "--help"], capture_output=True, text=True)
    return help_text.returncode == 0 and word in help_text.stdout


class Running:
    def __init__(self, name, process, log):
        self.name, self.process, self.log = name, process, log
        self.lock = threading.Lock()
        self.killed = False

    def signal(self, number):
        with self.lock:
            if self.process.poll() is None:
                os.kill(self.process.pid, number)

    def kill(self):
        """Returns when it is dead. True when it was alive before."""
        with self.lock:
            if self.process.poll() is not None:
                return False
            self.killed = True
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return True

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def ended(self):
        with self.lock:
            return self.process.poll() is not None

    def wait(self, seconds):
        """The exit code, or None when it still runs."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def text(self):
        return self.log.read_text(errors="replace")


class Programs:
    def __init__(self, binary, folder):
        self.billow = Billow(binary, "", folder)
        self.folder, self.started = folder, []

    def config(self, url, name, feed, elasticsearch=None, extra=None):
        self.billow.es_url = url
        return self.billow.config([feed], {"setup": "automatic", **(elasticsearch or {})}, extra, name=name)

    def start(self, command, config, *arguments):
        name = f"{len(self.started) + 1:02d}-{command}"
        log = self.folder / f"{name}.log"
        with open(log, "wb") as out:
            process = subprocess.Popen([self.billow.program, command, "-c", str(config), *arguments], env=self.billow.variables(),
                                       cwd=self.folder, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.started.append(Running(name, process, log))
        return self.started[-1]

    def under_way(self):
        return any(not running.ended() for running in list(self.started))

    def end(self):
        for running in self.started:
            running.kill()
