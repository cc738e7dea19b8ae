"""The engine as something that can be paused, and that dies and comes back."""
import os
import signal
import threading
import time


class Power:
    """Holds the engine by its process id. All that was begun has ended when settle() returns."""

    def __init__(self, engine):
        self.engine, self.pid, self.threads = engine, engine.pid(), []

    def pause(self, seconds):
        os.kill(self.pid, signal.SIGSTOP)
        self.later(seconds, lambda: os.kill(self.pid, signal.SIGCONT))

    def restart(self):
        """kill -9, and up again."""
        os.kill(self.pid, signal.SIGKILL)
        self.later(0, self.start)

    def start(self):
        self.engine.start()
        self.pid = self.engine.pid()

    def later(self, seconds, act):
        def run():
            time.sleep(seconds)
            act()
        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()

    def settle(self):
        for thread in self.threads:
            thread.join()
        self.threads = []
