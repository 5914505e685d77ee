"""The Celery application of the shop: mails that are sent, rendered, bounced."""

import os
import random
import time

from celery import Celery

app = Celery(
    "mail",
    broker=os.environ.get("SHOP_MAIL_BROKER", "redis://127.0.0.1:6379/1"),
    backend=os.environ.get("SHOP_MAIL_RESULTS", "redis://127.0.0.1:6379/2"),
)
app.conf.update(
    result_extended=True,
    result_expires=1800,
    task_track_started=True,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


class MailboxUnavailable(Exception):
    """The receiving server refused the message for good."""


@app.task(name="mail.send")
def send(to, template, locale="en"):
    """Quick."""
    time.sleep(random.uniform(0.05, 0.4))
    return {"to": to, "template": template, "accepted": True}


@app.task(name="mail.render")
def render(campaign_id, recipients):
    """Slow: a whole newsletter."""
    time.sleep(random.uniform(3, 20))
    return {"campaign_id": campaign_id, "pages": recipients // 100}


@app.task(name="mail.bounce", bind=True, max_retries=1, default_retry_delay=8)
def bounce(self, to, code=550):
    """Fails; half of them once more after a retry."""
    time.sleep(0.1)
    error = MailboxUnavailable(f"{code} 5.1.1 <{to}>: recipient address rejected")
    if code < 500:
        raise self.retry(exc=error)
    raise error
