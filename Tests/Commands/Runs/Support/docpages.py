"""The examples of the documentation: every block of YAML of its pages."""

import os
import re

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "..")
RUNBOOK_PAGES = ("runbooks.md", "runbook-format.md", "secrets.md", "runs.md")

HEAD = """\
apiVersion: runbook/v1
id: {id}
title: An example of the documentation
owner: tests
risk: low
environments: [staging]
"""


def blocks(page):
    """Text of each block of a page, in order."""
    path = os.path.join(ROOT, page if page == "README.md" else os.path.join("docs", page))
    with open(path) as file:
        return re.findall(r"^```yaml\n(.*?)^```$", file.read(), re.M | re.S)


def pages():
    return ["README.md", *sorted(name for name in os.listdir(os.path.join(ROOT, "docs")) if name.endswith(".md"))]


def is_runbook(block):
    return re.search(r"^steps:", block, re.M) is not None


def steps(block):
    """Ids of the steps of a runbook, which tell one example from another."""
    return re.findall(r"^  - (?:\{)?id: (\w+)", block[block.index("\nsteps:") if "\nsteps:" in block else 0:], re.M)


def runbooks():
    """Each example of a runbook: its page, the ids of its steps, its text."""
    return [(page, steps(block), block) for page in pages() for block in blocks(page) if is_runbook(block)]


def pages_text():
    """All that the pages about runbooks say."""
    text = ""
    for page in RUNBOOK_PAGES:
        with open(os.path.join(ROOT, "docs", page)) as file:
            text += file.read()
    return text


def keys(schema):
    """Names of all properties of a JSON schema."""
    if isinstance(schema, list):
        return [key for item in schema for key in keys(item)]
    if not isinstance(schema, dict):
        return []
    found = list(schema["properties"]) if isinstance(schema.get("properties"), dict) else []
    return found + [key for value in schema.values() for key in keys(value)]


def settings():
    """Each example of a configuration."""
    return [(page, block) for page in pages() for block in blocks(page) if not is_runbook(block) and not block.startswith("roles:")]
