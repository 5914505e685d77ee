"""Builds what the chosen tests need, and nothing else."""

import os
import signal
import subprocess

from runner.stack import REPOSITORY

PRODUCTS = os.path.join(REPOSITORY, ".build", "debug")
BUNDLE = os.path.join(PRODUCTS, "opsconsolePackageTests.xctest")
BINARY = os.path.join(PRODUCTS, "opsconsole")


def build(files, mode, variables, results):
    """Builds, beside the lint where that belongs to the run. Returns whether there is something to test."""
    lint = start_lint() if mode == "quick" and not os.environ.get("ONLY") else None
    wanted = wish(files) if os.environ.get("BUILD") != "0" else None
    code = swift_build(wanted) if wanted is not None else 0
    if lint:
        said, _ = lint.communicate()
        results.count("lint", lint.returncode == 0, said)
    if code != 0:
        results.fail("swift build", f"It failed with exit code {code}; its messages are above.")
        return False
    variables["OPSCONSOLE_BINARY"] = BINARY
    if any(file.is_swift for file in files):
        variables["OPSCONSOLE_TEST_BUNDLE"] = BUNDLE
    return True


def swift_build(arguments):
    """Builds in a process group of its own: when the run is stopped, no compiler may stay behind."""
    process = subprocess.Popen(["swift", "build", *arguments], cwd=REPOSITORY, start_new_session=True)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wish(files):
    """The arguments of the build; None where nothing has to be built."""
    if any(file.is_swift for file in files):
        return ["--build-tests"]
    return None if all(file.is_tool for file in files) else ["--product", "opsconsole"]


def start_lint():
    return subprocess.Popen([os.path.join(REPOSITORY, "Tests", "lint")], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
