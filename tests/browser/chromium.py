"""Where Chromium is on this machine. Run as a program it prints the path, or says what to install and fails."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
ADVICE = (
    "Chromium is not on this machine, and the browser tests need it. "
    "Debian: apt-get install chromium fonts-noto-cjk. macOS: brew install --cask chromium."
)


def find() -> str | None:
    """The program's path; PORTAL_TEST_CHROMIUM, when set, decides alone."""
    if chosen := os.environ.get("PORTAL_TEST_CHROMIUM"):
        return shutil.which(chosen)
    for name in NAMES:
        if path := shutil.which(name):
            return path
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        for application in APPLICATIONS:
            if (folder / application).is_file():
                return str(folder / application)
    return None


if __name__ == "__main__":
    print(find() or sys.exit(ADVICE))
