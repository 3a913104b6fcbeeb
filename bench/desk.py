"""A screen with a window manager and a session bus, and programs that are started on it as if for the first time."""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import tree
from screen import Screen

# WebKitGTK's switch: any value but 0 turns the DMABUF renderer off.
RENDERER = "WEBKIT_DISABLE_DMABUF_RENDERER"

# A session bus that starts nothing by itself.
BUS = str(Path(__file__).with_name("bus.conf"))

# A small laptop's screen; both window sizes fit on it.
SCREEN = "1280x900x24"

# Between two looks at the screen. A look costs about as much again, and takes the processor from what is measured.
POLL_S = 0.005

# How long a window may take; a start takes a second or two.
PAINTED_S_MAX = 60.0

# After this long at rest memory is read: fonts are loaded and first collections done.
REST_S = 2.0

# How long Xvfb and the window manager may take.
SCREEN_S_MAX = 20.0


@dataclass(frozen=True)
class Start:
    """What one start took."""

    painted_ms: float
    """From the start of the process to the first look that found a page."""
    error_ms: float
    """How much earlier the page may have been there: the time since the look before."""
    memory_mib: float
    """Proportional memory of the whole tree, at rest."""
    renderer: str
    """The value of WebKitGTK's switch as the web view was given it; empty where it was not set."""


class Desk:
    """A private X server, session bus and openbox. Everything on it ends with it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="signet-bench-"))
        self.log = open(self.folder / "log", "wb")
        self.helpers = []

    def __enter__(self):
        try:
            server = self._help(["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"],
                                stdout=subprocess.PIPE)
            number = server.stdout.readline().decode().strip()
            if not number:
                raise RuntimeError("Xvfb did not start")
            self.display = f":{number}"
            bus = self._help(["dbus-daemon", "--nofork", "--nopidfile", "--print-address", "--config-file", BUS],
                             stdout=subprocess.PIPE)
            self.bus = bus.stdout.readline().decode().strip()
            if not self.bus:
                raise RuntimeError("the session bus did not start")
            self._help(["openbox", "--sm-disable"], env={**os.environ, "DISPLAY": self.display, "HOME": str(self.folder)})
            self.screen = Screen(self.display)
            self._wait(self.screen.has_window_manager, "the window manager did not start")
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        for helper in reversed(self.helpers):
            helper.terminate()
            helper.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _help(self, command, **options):
        helper = subprocess.Popen(command, **{"stdout": self.log, **options}, stderr=self.log)
        self.helpers.append(helper)
        return helper

    def _wait(self, is_so, otherwise):
        ends = time.monotonic() + SCREEN_S_MAX
        while not is_so():
            if time.monotonic() > ends:
                raise RuntimeError(otherwise)
            time.sleep(0.02)

    def start(self, command, renderer):
        """Starts a program in a home of its own, waits for its page and for rest, and ends it."""
        home = Path(tempfile.mkdtemp(prefix="home-", dir=self.folder))
        try:
            environment = self._environment(home, renderer)
            begun = time.monotonic()
            started = subprocess.Popen(command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=self.log,
                                       stderr=self.log, start_new_session=True)
            try:
                painted, before = self._until_painted(started, begun)
                time.sleep(REST_S)
                if started.poll() is not None or not self.screen.is_painted():
                    raise RuntimeError(f"{command[0]} did not stay")
                return Start(
                    painted_ms=(painted - begun) * 1000,
                    error_ms=(painted - before) * 1000,
                    memory_mib=sum(map(tree.proportional_kib, tree.members(started.pid))) / 1024,
                    renderer=tree.inherited(started.pid, RENDERER) or "",
                )
            finally:
                tree.end(started)
                self._wait(lambda: not self.screen.windows(), "a window stayed behind")
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def _until_painted(self, started, begun):
        before = begun
        while True:
            is_painted, now = self.screen.is_painted(), time.monotonic()
            if is_painted:
                return now, before
            if started.poll() is not None:
                raise RuntimeError(f"{started.args[0]} ended by itself: {started.returncode}")
            if now - begun > PAINTED_S_MAX:
                raise RuntimeError(f"{started.args[0]} painted nothing")
            before = now
            time.sleep(POLL_S)

    def _environment(self, home, renderer):
        runtime = home / "run"
        runtime.mkdir(mode=0o700)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_SESSION_TYPE": "x11",
            "DISPLAY": self.display,
            "DBUS_SESSION_BUS_ADDRESS": self.bus,
            "LANG": "C.UTF-8",
            # The bridge to assistive technology would look for a bus that is not there, in both programs alike.
            "NO_AT_BRIDGE": "1",
        }
        if renderer is not None:
            environment[RENDERER] = renderer
        return environment
