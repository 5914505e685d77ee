"""In which order, and where, the groups of tests run."""

from collections import OrderedDict

from xdist.scheduler import LoadScopeScheduling


class LongestFirstQueue(OrderedDict):
    """Groups that wait for a shard. The one that is known to take longest leaves first."""

    # Seconds of a group that nobody has measured yet: it may be long, so it starts early.
    UNKNOWN = 20.0

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def popitem(self, last=True):
        longest = max(self, key=lambda group: self.seconds.get(group, self.UNKNOWN))
        return longest, self.pop(longest)


class LongestFirst(LoadScopeScheduling):
    """A group stays on one shard; the longest groups start first.

    - Parameter group: gives the group of a test.
    - Parameter seconds: what is known of each group.
    """

    def __init__(self, config, log, group, seconds):
        super().__init__(config, log)
        self.group = group
        self.workqueue = LongestFirstQueue(seconds)

    def _split_scope(self, nodeid):
        return self.group(nodeid)

    def _reschedule(self, node):
        # A shard starts a test when it knows the next one. With more than that in hand it would hold tests
        # back that another shard could run.
        if node.shutting_down or self.workqueue and self._pending_of(self.assigned_work[node]) > 1:
            return
        super()._reschedule(node)

    def remove_node(self, node):
        """A test that ended its shard has failed. It must not end the next shard as well."""
        crashed = super().remove_node(node)
        if crashed is not None:
            for units in (self.workqueue, *self.assigned_work.values()):
                unit = units.get(self.group(crashed))
                if unit and crashed in unit:
                    unit[crashed] = True
        return crashed
