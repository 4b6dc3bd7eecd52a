"""Checks files one after another, and is ended by the system where that costs too much.

``python -m tests.support.limited FILES...`` prints the faults of each file as a line of
JSON. A file that needs more memory or processor time than the limits ends the process.
"""

from __future__ import annotations

import json
import resource
import sys
from math import ceil
from pathlib import Path

from competency import formats
from competency.files.checking import check_file
from competency.files.faults import Severity

READ = formats.MODULES
MEMORY = 100_000_000
"""Bytes of address space beyond what the process has after a first, small file."""
SECONDS = 10
"""Of processor time for one file, on a machine of whatever speed: what has no end is ended."""


def main(first: str, *files: str) -> None:
    """Check ``first`` without limits, then the files within them."""
    check_file(Path(first))
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    size = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    for file in files:
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = ceil(used.ru_utime + used.ru_stime) + SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        faults = check_file(Path(file)).faults
        said = [fault.message for fault in faults if fault.severity is Severity.FAULT]
        print(json.dumps({Path(file).stem: said}), flush=True)  # noqa: T201 - what it is for


if __name__ == "__main__":
    main(*sys.argv[1:])
