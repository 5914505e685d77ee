"""Tasks of the tests that let real workers fail and succeed."""

import os
import time


def mark(word):
    with open(os.environ["SCENE_MARK"], "a") as file:
        file.write(f"{word}\n")


def pay(number, *rest, **more):
    mark(number)
    if not os.path.exists(os.environ["SCENE_HEALTHY"]):
        raise TimeoutError(f"partner did not answer in {number} s")


def sleep(number):
    mark(f"slow {number}")
    if not os.path.exists(os.environ["SCENE_HEALTHY"]):
        time.sleep(120)
