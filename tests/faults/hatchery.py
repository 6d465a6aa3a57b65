"""Has everything imported and forks commands of `lms`: ready at once, real to the end.

    python -m tests.faults.hatchery SECONDS

Each line of its input is JSON: a command's words, its environment, the file for its errors; the
answer is the process's number. SECONDS: after how long the dispatcher sends an id again (half a
minute in earnest, too long to wait here).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import timedelta

from lms.cli import main
from lms.operations import dispatching


def hatch(words: list[str], environ: dict[str, str], errors: str) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)  # our answers go there
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["lms", *words]
    status = 1
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    dispatching.RESEND = timedelta(seconds=float(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried at once
    for line in sys.stdin:
        print(hatch(**json.loads(line)), flush=True)
