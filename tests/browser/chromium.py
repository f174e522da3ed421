"""Headless Chromium, driven by the DevTools protocol over a pair of pipes: needs nothing but Python."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

# A key without its number does not scroll and does not move the focus.
CODES = {"Tab": 9, "Enter": 13, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find():
    """The program, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One page. What it asked of a network and said on its console is in .requests and .console."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp()
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def descriptors():
            # dup2 of a number onto itself would leave it closed on exec: both are moved away first
            read, write = os.dup(to_read), os.dup(from_write)
            high = [os.dup2(read, 100, True), os.dup2(write, 101, True)]
            os.dup2(high[0], 3, True)
            os.dup2(high[1], 4, True)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--force-color-profile=srgb", "--hide-scrollbars",
             "--remote-debugging-pipe", "--user-data-dir=" + self.folder],
            preexec_fn=descriptors, close_fds=False, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.to, self.come, self.held, self.number = to_write, from_read, b"", 0
        self.session, self.events, self.requests, self.console = None, [], [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")
        self.call("Performance.enable", timeDomain="threadTicks")

    def _message(self, deadline):
        while b"\0" not in self.held:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.come], [], [], left)[0]:
                raise TimeoutError("Chromium does not answer")
            got = os.read(self.come, 1 << 20)
            if not got:
                raise EOFError("Chromium ended")
            self.held += got
        one, self.held = self.held.split(b"\0", 1)
        return json.loads(one)

    def _event(self, message):
        name, about = message["method"], message["params"]
        self.events.append(name)
        if name == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        elif name == "Runtime.exceptionThrown":
            self.console.append(about["exceptionDetails"].get("exception", {}).get("description", str(about)))
        elif name == "Runtime.consoleAPICalled":
            self.console.append(str(about["args"]))
        elif name == "Log.entryAdded":
            self.console.append(about["entry"]["text"])

    def call(self, method, limit=120.0, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        deadline = time.monotonic() + limit
        while True:
            answer = self._message(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            if "method" in answer:
                self._event(answer)

    def open(self, path, fragment=""):
        """Loads a page until it has drawn everything; returns the seconds that its thread worked, which no other work on
        the machine makes longer."""
        self.events.clear()
        before = self.worked()
        self.call("Page.navigate", url="file://" + str(path).replace("%", "%25").replace("#", "%23") + fragment)
        self._loaded()
        after = self.worked()
        return after - before if after >= before else after

    def again(self):
        """Loads the page again, as it does itself under --watch."""
        self.events.clear()
        self.call("Page.reload")
        self._loaded()

    def loads_itself(self):
        """Waits until the page that is there has loaded once more."""
        self.events.clear()
        while "Page.loadEventFired" not in self.events:
            self._event(self._message(time.monotonic() + 120.0))

    def _loaded(self):
        while "Page.loadEventFired" not in self.events:
            self._event(self._message(time.monotonic() + 120.0))
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def worked(self):
        return next(m["value"] for m in self.call("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")

    def run(self, script):
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(script + ": " + str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def key(self, key, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text if kind == "keyDown" else "",
                      windowsVirtualKeyCode=CODES.get(key, 0))

    def touch(self, kind, *points):
        """Fingers at (x, y): "touchStart", "touchMove", or "touchEnd" without any."""
        self.call("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)])

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, kind="", scheme="light"):
        self.call("Emulation.setEmulatedMedia", media=kind,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path, whole=True, clip=None):
        more = {"clip": clip} if clip else {}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **more)["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))

    def close(self):
        self.process.terminate()
        self.process.wait()
        os.close(self.to)
        os.close(self.come)
        shutil.rmtree(self.folder, ignore_errors=True)
