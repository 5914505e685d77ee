"""Tasks of the scenes."""

import time


def add(x, y):
    return x + y


def explode(number):
    raise KeyError(f"template {number}")


def sleep(seconds):
    time.sleep(seconds)
