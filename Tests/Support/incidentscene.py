"""A small real system in which nothing is wrong, until a test begins an incident in it."""

from livescene import LiveScene


class IncidentScene(LiveScene):
    """RQ, Celery, PostgreSQL and Node, as `Tests/Live/Incidents/incident_stack.py` tells; `facts["config"]` is its configuration.

    `ask` takes `begin NAME`, `end NAME` and `calm`. Its answer holds the time of the beginning as `at`.
    """

    def __init__(self):
        super().__init__("Incidents/incident_stack.py")
