"""What keeps a worker alive while Redis goes away and comes back.

The transport acknowledges and gives back messages of a lost line over that same line, finds that there is none, and
ends the worker. Neither is needed: a wake-up that is lost is followed by the next.
"""

from kombu.transport import redis


class QoS(redis.QoS):
    """Forgets messages whose line is gone, in place of asking the line for them."""

    def _is_cut_off(self) -> bool:
        return getattr(self.channel.connection, "client", None) is None

    def ack(self, delivery_tag):
        if self._is_cut_off():
            super(redis.QoS, self).ack(delivery_tag)
        else:
            super().ack(delivery_tag)

    def reject(self, delivery_tag, requeue=False):
        if self._is_cut_off():
            super(redis.QoS, self).ack(delivery_tag)
        else:
            super().reject(delivery_tag, requeue)

    def restore_unacked(self, client=None):
        if self._is_cut_off():
            self._delivered.clear()
        else:
            super().restore_unacked(client)


def install() -> None:
    """Makes every line to Redis of this process use it."""
    redis.Channel.QoS = QoS
