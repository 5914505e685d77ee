"""Data for the servers: quiet queues to measure with, and hostile text in every field that the console shows."""

import base64
import datetime
import json
import time
import zlib

import psycopg
import redis

from places import needed

FIFTY, HOSTILE_RQ, HOSTILE_CELERY, SMALL, EMPTY = 5, 6, 7, 8, 9
SEPARATOR = b"\x06\x16"
HUGE = 10 * 1024 * 1024

# Each is what somebody can put into the name or the arguments of a job.
HOSTILE = {
    "csi": b"\x1b[2J\x1b[31mcsi",
    "title": b"\x1b]0;owned\x07title",
    "clipboard": b"\x1b]52;c;cm0gLXJmIH4K\x07clip",
    "link": b"\x1b]8;;http://x.invalid\x1b\\link",
    "dcs": b"\x1bP$qm\x1b\\dcs",
    "apc": b"\x1b_Gf=100;AAAA\x1b\\apc",
    "c1-byte": b"c1\x9b31m\x9d0;t\x9c\x90q",
    "c1-scalar": "c1\u009b31m\u009d0;t\u009c\u0090q".encode(),
    "bidi": "bidi\u202egnp.exe\u2066x\u2069\u061c".encode(),
    "zero-width": "zero\u200bwid\u200dth\ufeff\u2060\u00ad".encode(),
    "tags": "tags\U000e0041\U000e007f\ue0b0\U000f0000".encode(),
    "marks": ("a" + "\u0301" * 10_000 + "z").encode(),
    "invalid": b"bad\xff\xfe\xc3(\xf0\x9f\xed\xa0\x80\xc0\x80",
    "lines": b"line\r\n\tnext\x08\x7f\x00\x0b\x0c" + "\u2028\u2029\u0085".encode(),
    "wide": "宽字\u3000\U0001f468\u200d\U0001f469\u200d\U0001f467\u1160\ufe0f".encode(),
}


def server(database):
    """A client of the tests' own; decodes nothing."""
    return redis.Redis(port=int(needed("OPSCONSOLE_TEST_REDIS_PORT")), db=database)


def cleared(database):
    client = server(database)
    client.flushdb()
    return client


def stamp(age=0.0):
    """A time as RQ writes it."""
    when = datetime.datetime.fromtimestamp(time.time() - age, datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rq_job(client, queue, job, description, age=5.0, call=None):
    """A waiting job as RQ 2 stores it; `call` is the JSON serializer's payload."""
    data = zlib.compress(call if call is not None else b'["m.f", null, [], {}]') if call != b"" else b"\x80\x05pickle"
    client.hset(b"rq:job:" + job, mapping={
        "created_at": stamp(age), "enqueued_at": stamp(age), "description": description, "data": data, "origin": queue,
        "status": "queued", "timeout": 180})
    client.rpush(b"rq:queue:" + queue, job)
    client.sadd("rq:queues", b"rq:queue:" + queue)


def rq_worker(client, name, queues, host=b"host", job=b"", state="idle"):
    client.hset(b"rq:worker:" + name, mapping={
        "birth": stamp(60), "last_heartbeat": stamp(1), "queues": queues, "hostname": host, "pid": 4711, "state": state,
        "successful_job_count": 3, "failed_job_count": 1, "current_job": job})
    client.sadd("rq:workers", b"rq:worker:" + name)


def fifty_queues():
    """Fifty RQ queues with a job or none, and two workers."""
    client = cleared(FIFTY)
    for index in range(50):
        queue = b"queue-%02d" % index
        rq_job(client, queue, b"job-%02d" % index, f"shop.charge({index})", age=86_400 * 2 + index)
    for index in range(2):
        rq_worker(client, b"worker-%d" % index, b",".join(b"queue-%02d" % each for each in range(50)))
    return client


def small_queues(database=SMALL, waiting=7, client=None):
    """One RQ queue with this many jobs."""
    client = client or cleared(database)
    client.flushdb()
    for index in range(waiting):
        rq_job(client, b"mailbox", b"m-%d" % index, "mail.send()")
    rq_worker(client, b"postman", b"mailbox")
    return client


def hostile_rq():
    """Every hostile text as queue, job id, description, argument, worker, host and current job."""
    client = cleared(HOSTILE_RQ)
    for text in HOSTILE.values():
        escaped = json.dumps(text.decode("utf-8", "surrogateescape")).encode()
        call = b"[" + escaped + b", null, [" + escaped + b"], {}]"
        raw = b'["' + text + b'", null, ["' + text + b'"], {}]'
        for number, payload in enumerate((b"", call, raw)):
            rq_job(client, text, b"%d-" % number + text, text + b"(" + text + b")", call=payload)
        rq_worker(client, text, text, host=text, job=b"0-" + text, state="busy")
    rq_worker(client, b"nobody-" + HOSTILE["csi"], b"x", state=b"\x1b[5m")
    return client


def celery_message(task, arguments, body=None):
    """A message of the Redis transport (protocol 2). Text goes in raw: not every producer writes tidy JSON."""
    body = json.dumps([[arguments.decode("utf-8", "replace")], {}, {}]).encode() if body is None else body
    return b"".join((
        b'{"body": "', base64.b64encode(body), b'", "content-encoding": "utf-8", "content-type": "application/json", "headers": ',
        b'{"lang": "py", "task": "', task, b'", "id": "', task, b'", "argsrepr": "', arguments, b'", "eta": "', task,
        b'"}, "properties": {"delivery_tag": "', task, b'", "body_encoding": "base64", "priority": 3}}'))


def hostile_celery():
    """Queues, tasks and arguments of a Celery broker; one message is 10 MB, one is no message at all."""
    client = cleared(HOSTILE_CELERY)
    for text in HOSTILE.values():
        client.sadd(b"_kombu.binding." + text, b"key" + SEPARATOR + SEPARATOR + text)
        tidy = json.dumps(text.decode("utf-8", "replace"))[1:-1].encode()
        client.lpush(text, celery_message(text, text), celery_message(tidy, text), b"{" + text, text)
        client.lpush(text + SEPARATOR + b"9", celery_message(b"urgent." + tidy, tidy))
        client.sadd("_kombu.binding.celery.pidbox", SEPARATOR + SEPARATOR + text + b"@host.celery.pidbox")
    client.sadd("_kombu.binding.huge", b"huge" + SEPARATOR + SEPARATOR + b"huge")
    client.lpush("huge", celery_message(b"huge.task", b"x", b'[["' + b"\x1b[31m" * (HUGE // 5) + b'"], {}, {}]'))
    return client


def celery_heartbeats(client):
    """What workers of hostile names publish every two seconds."""
    for text in HOSTILE.values():
        for name in (text, json.dumps(text.decode("utf-8", "replace"))[1:-1].encode()):
            event = b'{"type": "worker-heartbeat", "hostname": "' + name + b'@h", "freq": 2, "active": 1, "processed": 5, "pid": 7}'
            body = b'{"body": "' + base64.b64encode(event) + b'", "properties": {"body_encoding": "base64"}}'
            client.publish(f"/{HOSTILE_CELERY}.celeryev/worker.heartbeat", body)


def postgres(**options):
    """A session of the superuser through the socket; `options` may name another user or application."""
    return psycopg.connect(**{
        "host": needed("OPSCONSOLE_TEST_PG_SOCKET_DIR"), "port": needed("OPSCONSOLE_TEST_PG_PORT"),
        "dbname": needed("OPSCONSOLE_TEST_PG_DATABASE"), "user": needed("OPSCONSOLE_TEST_PG_SUPERUSER"), "autocommit": True, **options})


class HostileSessions:
    """Sessions whose user, application and statement are hostile; one of them blocks the others."""

    ROLE = "evil\x1b[31m\u202e\u009b\u200brole"

    def __enter__(self):
        self.admin = postgres()
        quoted = '"' + self.ROLE + '"'
        self.admin.execute(f"DROP ROLE IF EXISTS {quoted}")
        self.admin.execute(f"CREATE ROLE {quoted} LOGIN")
        self.sessions = []
        for text in HOSTILE.values():
            words = text.replace(b"\0", b"").decode("utf-8", "replace")[:300]
            session = postgres(user=self.ROLE, application_name=words[:60])
            session.execute(f"SELECT 1 /* \x1b[41m {words} */")
            self.sessions.append(session)
        self.sessions[0].execute("BEGIN")
        self.sessions[0].execute("SELECT pg_advisory_xact_lock(42) -- \x1b]0;lock\x07\u202e")
        return self

    def __exit__(self, *_):
        for session in self.sessions:
            session.close()
        for _ in range(100):
            if not self.admin.execute("SELECT 1 FROM pg_stat_activity WHERE usename = %s", [self.ROLE]).fetchall():
                break
            time.sleep(0.02)
        self.admin.execute('DROP ROLE "' + self.ROLE + '"')
        self.admin.close()
