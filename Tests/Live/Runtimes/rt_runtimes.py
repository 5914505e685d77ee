"""Known states of language runtimes and of what watches them: Prometheus, Node, the JVM, Python and hostile servers.

    rt_runtimes.py SCENE [SCENE…]      scenes: see SCENES; `fleet:N` and `gunicorn:N` take a number

Prints one JSON line with the facts of all scenes when they stand. Then reads commands, one a line, and answers each by
one JSON line:

    wait SECONDS             {"waited": …}, less when standard input ends
    WORD [SCENE] [REST]      a command of a scene, described where it is made; the scene is told when several know it

When standard input ends all is undone and the folder is gone.
"""

import json
import os
import sys

# What several rooms of scenes stand on is beside them.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pg_triage import Input  # noqa: E402
from rt_fleet import fleet  # noqa: E402
from rt_hostile import hostile  # noqa: E402
from rt_jvm import JVMS  # noqa: E402
from rt_node import NODES  # noqa: E402
from rt_prometheus import prometheus, prometheus_auth  # noqa: E402
from scene_stage import Stage, StartError  # noqa: E402
from rt_workers import WORKERS  # noqa: E402

# Each takes the stage, its own name and its number.
SCENES = {"prometheus": prometheus, "prometheus-auth": prometheus_auth, "fleet": fleet, "hostile-http": hostile,
          **NODES, **JVMS, **WORKERS}
ALONE = ("prometheus", "prometheus-auth", "fleet")  # they tell their addresses by the same names


def wanted(words):
    """The named scenes as (name, number)."""
    found = [(name, int(number) if number else None) for name, _, number in (word.partition(":") for word in words)]
    names = [name for name, _ in found]
    for name in names:
        if name not in SCENES:
            sys.exit(f"{name}: no such scene; there are {' '.join(sorted(SCENES))}")
    if len(set(names)) < len(names) or sum(name in ALONE for name in names) > 1:
        sys.exit(f"a scene stands once, and of {', '.join(ALONE)} only one")
    # A JVM that starts removes what a killed one left.
    return sorted(found, key=lambda scene: scene[0] == "jvm-killed")


def answer(stage, source, line):
    word, _, rest = line.partition(" ")
    rest = rest.strip()
    if word == "wait":
        return {"waited": source.pause(float(rest))}
    known = stage.commands.get(word)
    if known is None:
        raise ValueError(f"unknown command: {word}")
    name, _, others = rest.partition(" ")
    if name in known:
        return known[name](others.strip())
    if len(known) > 1 or name in SCENES:
        raise ValueError(f"{word} of which scene? {' '.join(known)}")
    return next(iter(known.values()))(rest)


def main():
    scenes = wanted(sys.argv[1:])
    with Stage() as stage:
        for name, number in scenes:
            SCENES[name](stage, name, number)
        stage.settle()
        print(json.dumps({"folder": stage.folder, **stage.facts}), flush=True)
        source = Input()
        for line in source.lines():
            if not line:
                continue
            try:
                told = answer(stage, source, line)
            except (StartError, OSError, TypeError, ValueError, KeyError) as error:
                told = {"error": f"{error}" or type(error).__name__}
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    try:
        main()
    except StartError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)
