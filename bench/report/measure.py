#!/usr/bin/env python3
"""Opens a report in Chromium and prints what it costs: load time, DOM nodes, frames while scrolling, time of a filter.

    SOSIA_KEEP_REPORT=/tmp/report.html dotnet test tests/Sosia.Tests --filter PageOf5000Pairs
    bench/report/measure.py /tmp/report.html
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--window-size=1280,900", "--remote-debugging-pipe"]

SCROLL = """(async () => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const nodes = () => document.getElementsByTagName('*').length;
  const before = nodes();
  let most = before, last = performance.now();
  const gaps = [];
  const step = Math.max(400, document.documentElement.scrollHeight / 400);
  for (let y = 0; y < document.documentElement.scrollHeight; y += step) {
    scrollTo(0, y);
    await frame();
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    most = Math.max(most, nodes());
  }
  gaps.sort((one, other) => one - other);
  scrollTo(0, 0);
  await frame();
  const search = document.getElementById('search'), started = performance.now();
  search.value = 'a';
  search.dispatchEvent(new Event('input', { bubbles: true }));
  await frame(); await frame();
  return { nodes: before, mostNodes: most, frames: gaps.length, medianFrameMs: gaps[gaps.length >> 1],
           p99FrameMs: gaps[Math.floor(gaps.length * .99)], worstFrameMs: gaps.at(-1), filterMs: performance.now() - started,
           overflowPx: document.documentElement.scrollWidth - innerWidth, heightPx: document.documentElement.scrollHeight };
})()"""

LOAD = """(() => { const at = performance.getEntriesByType('navigation')[0];
  return { loadMs: at.loadEventEnd, firstPaintMs: performance.getEntriesByType('paint')[0]?.startTime ?? null }; })()"""


class Browser:
    """Chromium over its debugging pipe: one JSON message after the other, each closed by a zero byte."""

    def __init__(self, home):
        to_read, self.to = os.pipe()
        self.of, of_write = os.pipe()
        for end in (to_read, of_write):
            os.set_inheritable(end, True)
        command = f"exec chromium {' '.join(FLAGS)} --user-data-dir='{home}' about:blank 3<&{to_read} 4>&{of_write}"
        self.child = subprocess.Popen(["bash", "-c", command], pass_fds=(to_read, of_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(of_write)
        self.rest, self.last, self.session = b"", 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def message(self):
        while b"\0" not in self.rest:
            part = os.read(self.of, 1 << 16)
            if not part:
                raise SystemExit("chromium ended early")
            self.rest += part
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.last += 1
        request = {"id": self.last, "method": method, "params": parameters} | ({"sessionId": self.session} if self.session else {})
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while (answer := self.message()).get("id") != self.last:
            if answer.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                print("page:", json.dumps(answer["params"])[:300])
        if "error" in answer:
            raise SystemExit(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, page):
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Log.enable")
        self.call("Page.navigate", url=page)
        while self.message().get("method") != "Page.loadEventFired":
            pass

    def value(self, script):
        return self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)["result"].get("value")


def main():
    page = pathlib.Path(sys.argv[1]).resolve()
    home = tempfile.mkdtemp()
    browser = Browser(home)
    try:
        browser.open(page.as_uri())
        print(f"sizeMB: {page.stat().st_size / 1e6:.2f}")
        for name, value in (browser.value(LOAD) | browser.value(SCROLL)).items():
            print(f"{name}: {value:.1f}" if isinstance(value, float) else f"{name}: {value}")
    finally:
        browser.child.terminate()
        browser.child.wait()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
