"""Many processes that do nothing, for whoever looks at processes: SLEEPERS of `sleep` and PYTHONS of Python.

    runtimes_crowd.py SLEEPERS PYTHONS FOLDER

Prints one JSON line when all stand. They end with standard input, so also when the bench is killed.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys

#: Stands in the name of every Python process, so that its row is known on a screen.
SCRIPT = "bench-app.py"
#: It tells that it has begun; what comes before costs processor time.
PROGRAM = "import os, time\nos.write(1, b'.')\ntime.sleep(3600)\n"
PR_SET_PDEATHSIG = 1

kernel = ctypes.CDLL(None)


def with_parent():
    """In a child: it ends with this script, however that ends."""
    kernel.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def start(argv, output):
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.DEVNULL, preexec_fn=with_parent)


def main():
    sleepers, pythons, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    script = os.path.join(folder, SCRIPT)
    with open(script, "w") as file:
        file.write(PROGRAM)
    ready, tell = os.pipe()
    children = []
    try:
        # Without the modules of the site one needs some 3 MB of its own, with them 7.
        children += [start([sys.executable, "-I", "-S", script], tell) for _ in range(pythons)]
        children += [start(["sleep", "3600"], subprocess.DEVNULL) for _ in range(sleepers)]
        os.close(tell)
        begun = 0
        while begun < pythons:
            said = len(os.read(ready, 4096))
            if not said:
                sys.exit("not all Python processes have begun")
            begun += said
        print(json.dumps({"pids": [child.pid for child in children]}), flush=True)
        sys.stdin.read()
    finally:
        for child in children:
            child.kill()
        for child in children:
            child.wait()


if __name__ == "__main__":
    main()
