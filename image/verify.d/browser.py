"""A picture of a page, as a browser on a PC shows it: Chromium, told what to do by its pipe."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    """The DevTools protocol over two pipes; each message ends with a zero byte."""

    def __init__(self, program, profile):
        hears, self._says = os.pipe()
        self._hears, says = os.pipe()
        # The browser reads from 3 and writes to 4; a shell puts the pipes there.
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{hears} 4>&{says}', "browser", program,
             "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={profile}", "--window-size=1280,1400"],
            pass_fds=(hears, says), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(hears)
        os.close(says)
        self._rest, self._turn, self._session = b"", 0, None

    def tell(self, method, seconds=60, **words):
        """Asks for something, and waits for the answer; events are passed over."""
        self._turn += 1
        message = {"id": self._turn, "method": method, "params": words}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._says, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if b"\0" in self._rest:
                text, self._rest = self._rest.split(b"\0", 1)
                answer = json.loads(text)
                if answer.get("id") == self._turn:
                    return answer.get("result", {})
            elif select.select([self._hears], [], [], left)[0]:
                piece = os.read(self._hears, 1 << 20)
                if not piece:
                    break
                self._rest += piece
        raise TimeoutError(f"the browser does not answer {method}")

    def open(self, address):
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.tell(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        # As a person does who trusts the fingerprint: nobody else has signed a box's certificate.
        self.tell("Security.setIgnoreCertificateErrors", ignore=True)
        self.tell("Page.navigate", url=address)

    def text(self):
        """What a reader sees."""
        found = self.tell("Runtime.evaluate", expression="document.body?.innerText ?? ''")
        return found.get("result", {}).get("value", "")

    def close(self):
        self._process.kill()
        self._process.wait()
        os.close(self._says)
        os.close(self._hears)


def picture(report, places, address, name, shows, seconds=120):
    """Waits until the page shows all these words and is live, and keeps a picture."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        report.skip("a picture of the dashboard: there is no chromium on this machine")
        return
    places.artifacts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        text, seen = "", False
        try:
            browser.open(address)
            end = time.monotonic() + seconds
            while not seen and time.monotonic() < end:
                text = browser.text()
                seen = all(word in text for word in shows) and "silent" not in text
                time.sleep(0.5)
            shot = browser.tell("Page.captureScreenshot", format="png")
            (places.artifacts / name).write_bytes(base64.b64decode(shot["data"]))
        except (TimeoutError, OSError, KeyError) as fault:
            text = f"{fault}\n{text}"
        finally:
            browser.close()
    report.check(seen, f"a browser shows the box as it is: tests/artifacts/{name}", text)
