"""Dead letters in bulk: failed jobs of RQ as RQ 2.12 stores them, dead jobs of Sidekiq.

RQ's are made by a script on the server, so that a million take half a minute. Every job has its
own id, description and message; arguments are 1 KB, tracebacks 2 KB before compression.
"""

import base64
import json
import pickle
import random
import time
import zlib

import redis

#: Databases of this bench alone.
RQ, SIDEKIQ = 5, 6
QUEUE = "default"
#: Different tracebacks; the jobs share them in turn.
TEXTS = 500

SEED = """
local first, count, now, data, args = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local texts = #ARGV - 5
for i = first, first + count - 1 do
  local id = string.format('%08x-0000-4000-8000-%012x', (i * 2654435761) % 4294967296, i)
  local key = 'rq:job:' .. id
  redis.call('HSET', key, 'status', 'failed', 'created_at', '2026-01-01T10:00:00.000000Z',
    'enqueued_at', '2026-01-01T10:00:00.000000Z', 'started_at', '2026-01-01T10:00:01.000000Z',
    'ended_at', '2026-01-01T10:00:02.000000Z', 'last_heartbeat', '2026-01-01T10:00:02.000000Z',
    'origin', 'default', 'description', 'tasks.charge(' .. i .. ', \\'' .. args .. '\\')',
    'timeout', '180', 'data', data, 'worker_name', '', 'success_callback_name', '',
    'failure_callback_name', '', 'stopped_callback_name', '', 'group_id', '')
  redis.call('EXPIRE', key, 31536000)
  redis.call('XADD', 'rq:results:' .. id, '*', 'type', '2', 'created_at', '1', 'worker_name', 'w',
    'exc_string', ARGV[6 + i % texts])
  redis.call('EXPIRE', 'rq:results:' .. id, 31536000)
  redis.call('ZADD', 'rq:failed:default', now + i / 100, id)
end
redis.call('SADD', 'rq:queues', 'rq:queue:default')
"""


def client(port, database):
    """A connection."""
    return redis.Redis(port=port, db=database, socket_timeout=120)


def traceback(number):
    """About 2 KB of text, as RQ stores it."""
    chance = random.Random(number)
    lines = "".join(f'  File "/srv/app/mod{k}.py", line {chance.randint(1, 900)}, in fn{k}\n'
                    f"    do_something_with({chance.randint(1, 10**6)}, {k})\n" for k in range(22))
    text = f"Traceback (most recent call last):\n{lines}TimeoutError: partner did not answer in {number} s\n"
    return base64.b64encode(zlib.compress(text.encode()))


def fail_jobs(port, count):
    """An RQ database with so many failed jobs and nothing else."""
    link = client(port, RQ)
    link.flushdb()
    chance = random.Random(1)
    args = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1000))
    data = zlib.compress(pickle.dumps(("tasks.charge", None, (1, args), {})))
    texts = [traceback(number) for number in range(TEXTS)]
    script = link.register_script(SEED)
    expiry = int(time.time()) + 31_536_000
    for first in range(0, count, 1000):
        script(args=[first, min(1000, count - first), expiry, data, args] + texts)
    return link


def kill_jobs(port, count):
    """A Sidekiq database with so many dead jobs."""
    link = client(port, SIDEKIQ)
    link.flushdb()
    chance = random.Random(2)
    args = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1000))
    link.sadd("queues", "default")
    now = time.time()
    for first in range(0, count, 1000):
        members = {}
        for number in range(first, min(first + 1000, count)):
            members[json.dumps({
                "class": "Charge", "queue": "default", "args": [number, args], "retry": 5, "jid": f"{number:024x}", "created_at": now,
                "enqueued_at": now, "error_class": "Timeout::Error", "error_message": f"no answer in {number} s", "failed_at": now,
                "retry_count": 5})] = now + number / 1000
        link.zadd("dead", members)
    return link
