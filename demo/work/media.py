"""RQ tasks for product pictures."""

import random
import time


def thumbnail(product_id, width=320, height=240):
    """A third of a second to two seconds; now and then the picture is broken."""
    time.sleep(random.uniform(0.3, 2.0))
    if random.random() < 0.03:
        raise OSError(f"cannot identify image file 'products/{product_id}/original.jpg'")
    return f"products/{product_id}/{width}x{height}.webp"
