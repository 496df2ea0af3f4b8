"""Delta mode in Python, whole: snapshots, deltas, checksums, repair. Needs `websockets`.

    python3 examples/python_client.py [ws://host:port/ws/heatmap] [pictures]

HeldPicture follows "Delta mode" of the README and is tested with docs/delta-vectors.json.
"""
import asyncio
import json
import math
import struct
import sys
import zlib


class HeldPicture:
    """What this client shows of one symbol: rows of price, long_density, short_density, ascending by price."""

    def __init__(self):
        self.epoch = self.seq = self.rows = None

    def take(self, message):
        """Returns 'shown', 'old', or 'repair': forget it all and subscribe again."""
        epoch, seq, data = message["epoch"], message["seq"], message["data"]
        is_same = self.rows is not None and epoch == self.epoch
        if message["type"] == "snapshot":
            if is_same and seq < self.seq:
                return "old"
            rows = [(l["price"], l["long_density"], l["short_density"]) for l in data["levels"]]
        elif is_same and seq <= self.seq:
            return "old"
        elif is_same and message["prev_seq"] == self.seq and len(data["rounding"]) == len(self.rows):
            rows = applied(self.rows, data)
        else:
            return self._lost()
        if checksum(rows) != message["checksum"]:
            return self._lost()
        self.epoch, self.seq, self.rows = epoch, seq, rows
        return "shown"

    def _lost(self):
        self.rows = None
        return "repair"


def applied(rows, data):
    scale_long, scale_short = data["scale"]
    after = {}
    for (price, long, short), digit in zip(rows, map(int, data["rounding"])):
        after[price] = (
            math.floor(long * scale_long + 0.5) + digit // 3 - 1,
            math.floor(short * scale_short + 0.5) + digit % 3 - 1,
        )
    for price, long, short in data["levels"]:
        if long == 0 and short == 0:
            after.pop(price, None)
        else:
            after[price] = (long, short)
    return [(price, *after[price]) for price in sorted(after)]


def checksum(rows):
    return zlib.crc32(b"".join(struct.pack("<ddd", *row) for row in rows))


async def main(url, pictures):
    import websockets

    picture = HeldPicture()
    subscribe = json.dumps({"action": "subscribe", "symbols": ["BTCUSDT"], "mode": "delta", "update_interval": 1})
    async with websockets.connect(url, max_size=None) as ws:
        await ws.send(subscribe)
        while pictures > 0:
            message = json.loads(await ws.recv())
            if message["type"] not in ("snapshot", "delta"):
                continue
            outcome = picture.take(message)
            if outcome == "repair":
                await ws.send(subscribe)
            if outcome == "shown":
                pictures -= 1
                print(f"{message['type']} {picture.seq}: {len(picture.rows)} levels, checksum right")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    address = arguments[0] if arguments else "ws://localhost:8000/ws/heatmap"
    asyncio.run(main(address, int(arguments[1]) if len(arguments) > 1 else 5))
