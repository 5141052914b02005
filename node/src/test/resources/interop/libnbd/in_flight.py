# 64 requests in flight on one connection, answered in any order, then read back.
import sys

import nbd

COUNT = 512
SIZE = 16 * 1024
DEPTH = 64
BASE = 128 * 1024 * 1024


def content(index):
    return bytes([index % 251, index // 251]) * (SIZE // 2)


def run_all(handle, submit):
    """Submits COUNT requests, keeping DEPTH in flight; returns the order they ended in."""
    ended = []

    def done(index):
        def completed(error):
            assert error.value == 0, "request %d failed: %d" % (index, error.value)
            ended.append(index)
            return 1

        return completed

    for index in range(COUNT):
        while handle.aio_in_flight() >= DEPTH:
            handle.poll(-1)
        submit(index, done(index))
    while handle.aio_in_flight() > 0:
        handle.poll(-1)
    assert sorted(ended) == list(range(COUNT))
    return ended


handle = nbd.NBD()
handle.connect_uri(sys.argv[1])

run_all(
    handle,
    lambda index, done: handle.aio_pwrite(
        nbd.Buffer.from_bytearray(bytearray(content(index))), BASE + index * SIZE, done
    ),
)
handle.flush()

buffers = [nbd.Buffer(SIZE) for _ in range(COUNT)]
run_all(
    handle, lambda index, done: handle.aio_pread(buffers[index], BASE + index * SIZE, done)
)
for index in range(COUNT):
    assert bytes(buffers[index].to_bytearray()) == content(index), "request %d" % index
handle.shutdown()
