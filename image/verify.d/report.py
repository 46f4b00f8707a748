"""What was asked, and what came of it: one line a question, with the seconds since the start."""

import time
import traceback


class Failed(Exception):
    """The rest of a part makes no sense any more."""


class Skipped(Exception):
    """This machine, or the image, cannot show it."""


class Report:
    def __init__(self):
        self.begun = time.monotonic()
        self.counts = {"ok": 0, "not ok": 0, "skip": 0}
        self.part = ""

    def _say(self, word, sentence):
        self.counts[word] += 1
        seconds = time.monotonic() - self.begun
        print(f"{word:6} {seconds:6.0f} s  {self.part}: {sentence}", flush=True)

    def note(self, sentence):
        """A figure or a remark, that counts as nothing."""
        print(f"       {time.monotonic() - self.begun:6.0f} s  {self.part}: {sentence}", flush=True)

    def check(self, holds, sentence, found=None):
        """Is it so? If not, shows what was found instead: a text, or who can find it."""
        self._say("ok" if holds else "not ok", sentence)
        if not holds and found is not None:
            found = found() if callable(found) else found
            for line in str(found).strip().splitlines()[-25:]:
                print(f"                 | {line}", flush=True)
        return bool(holds)

    def need(self, holds, sentence, found=None):
        """As check; without it the part ends."""
        if not self.check(holds, sentence, found):
            raise Failed

    def skip(self, sentence):
        self._say("skip", sentence)

    def run(self, name, part, places):
        self.part = name
        try:
            part(self, places)
        except Failed:
            pass
        except Skipped as why:
            self.skip(str(why))
        except Exception:  # noqa: BLE001 - whatever it is, the other parts are still asked
            self._say("not ok", "the part ended early")
            traceback.print_exc()
        finally:
            places.stop_all()

    def close(self):
        counts = self.counts
        print(f"{counts['ok']} passed, {counts['not ok']} failed, {counts['skip']} skipped")
        return 0 if counts["not ok"] == 0 else 1
