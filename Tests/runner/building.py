"""Builds what the chosen tests need, and nothing else."""

import os
import subprocess

from runner.stack import REPOSITORY

PRODUCTS = os.path.join(REPOSITORY, ".build", "debug")
BUNDLE = os.path.join(PRODUCTS, "opsconsolePackageTests.xctest")
BINARY = os.path.join(PRODUCTS, "opsconsole")


def build(files, mode, variables, results):
    """Builds, beside the lint where that belongs to the run. Returns whether there is something to test."""
    lint = start_lint() if mode == "quick" and not os.environ.get("ONLY") else None
    wanted = wish(files) if os.environ.get("BUILD") != "0" else None
    done = subprocess.run(["swift", "build", *wanted], cwd=REPOSITORY) if wanted is not None else None
    if lint:
        said, _ = lint.communicate()
        results.count("lint", lint.returncode == 0, said)
    if done and done.returncode != 0:
        results.fail("swift build", f"It failed with exit code {done.returncode}; its messages are above.")
        return False
    variables["OPSCONSOLE_BINARY"] = BINARY
    if any(file.is_swift for file in files):
        variables["OPSCONSOLE_TEST_BUNDLE"] = BUNDLE
    return True


def wish(files):
    """The arguments of the build; None where nothing has to be built."""
    if any(file.is_swift for file in files):
        return ["--build-tests"]
    return None if all(file.is_tool for file in files) else ["--product", "opsconsole"]


def start_lint():
    return subprocess.Popen([os.path.join(REPOSITORY, "Tests", "lint")], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
