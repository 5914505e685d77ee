"""Keeps the queue of thumbnails filled up to a limit."""

import time

from redis.exceptions import RedisError

from thumbnails import dramatiq, scale

CAP, MOST_DEAD = 60, 300
WIDTHS = (120, 480, 1200)


def main():
    broker = dramatiq.get_broker()
    picture = 0
    while True:
        try:
            waiting = broker.client.llen("dramatiq:thumbnails")
            dead = broker.client.zcard("dramatiq:thumbnails.XQ")
            # Once the dead are many enough only pictures that can be read are sent.
            for _ in range(max(0, min(3, CAP - waiting))):
                picture += 1
                if dead < MOST_DEAD or picture % 11:
                    scale.send(picture, WIDTHS[picture % 3])
        except RedisError:
            pass
        time.sleep(0.6)


if __name__ == "__main__":
    main()
