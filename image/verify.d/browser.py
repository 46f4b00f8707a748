"""A picture of a page, as a browser on a PC shows it."""

import shutil
import subprocess
import tempfile

SECONDS = 180


def picture(report, places, address, name):
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        report.skip("a picture of the dashboard: there is no chromium on this machine")
        return
    places.artifacts.mkdir(parents=True, exist_ok=True)
    target = places.artifacts / name
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                 f"--user-data-dir={profile}", "--window-size=1280,900", "--timeout=20000",
                 "--virtual-time-budget=15000"]
        try:
            page = subprocess.run([*words, f"--screenshot={target}", address],
                                  capture_output=True, text=True, timeout=SECONDS, check=False)
            said = page.stderr
        except subprocess.TimeoutExpired:
            said = "the browser did not end"
    report.check(target.exists() and target.stat().st_size > 10000,
                 f"the dashboard is seen in a browser: tests/artifacts/{name}", said)
