"""Install: the Debian package of blackbox_exporter, if this machine allows it.

In: this machine. Out: whether the program is there. It does not: start its service.
"""

import os
import shutil
import subprocess
import sys

from bench.peers.exporter import PROGRAM
from lab.stage.install import Package, command_line, install

PACKAGES = (Package(PROGRAM, PROGRAM, "the probe to compare with"),)


def installed() -> bool:
    """Install the exporter as root; otherwise print how, and return whether it is."""
    if shutil.which(PROGRAM):
        return True
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        sys.stderr.write(f"without {PROGRAM}: sudo {command_line(PACKAGES)}\n")
        return False
    try:
        install(PACKAGES)
    except subprocess.CalledProcessError:
        sys.stderr.write(f"without {PROGRAM}: apt-get cannot install it\n")
    return shutil.which(PROGRAM) is not None
