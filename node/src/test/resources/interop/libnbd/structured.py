# What structured replies bring: metadata contexts, holes and errors in chunks, DF and FAST_ZERO.
import errno
import sys

import nbd

BASE = 512 * 1024 * 1024
MIB = 1024 * 1024
KIB = 1024

handle = nbd.NBD()
handle.add_meta_context(nbd.CONTEXT_BASE_ALLOCATION)
handle.set_strict_mode(0)  # what is wrong is to reach the server
handle.connect_uri(sys.argv[1])

assert handle.get_structured_replies_negotiated()
assert handle.can_meta_context(nbd.CONTEXT_BASE_ALLOCATION)
assert handle.can_df() and handle.can_fast_zero()

data = bytes(range(256)) * 4 * KIB
handle.trim(32 * MIB, BASE)
handle.pwrite(data, BASE + 8 * MIB)


def status(length, offset, flags=0):
    runs = []

    def extents(context, at, entries, error):
        assert context == nbd.CONTEXT_BASE_ALLOCATION and at == offset and error.value == 0
        runs.extend(zip(entries[::2], entries[1::2]))

    handle.block_status(length, offset, extents, flags)
    return runs


HOLE = nbd.STATE_HOLE | nbd.STATE_ZERO
assert status(32 * MIB, BASE) == [(8 * MIB, HOLE), (MIB, 0), (23 * MIB, HOLE)]
assert status(32 * MIB, BASE, nbd.CMD_FLAG_REQ_ONE) == [(8 * MIB, HOLE)]
assert status(4 * KIB, BASE + 8 * MIB) == [(4 * KIB, 0)]

# Zeros whose space is kept are no hole; with a hole allowed they may be one.
handle.zero(MIB, BASE + 16 * MIB, nbd.CMD_FLAG_NO_HOLE)
assert status(MIB, BASE + 16 * MIB) == [(MIB, nbd.STATE_ZERO)]
handle.zero(MIB, BASE + 16 * MIB, nbd.CMD_FLAG_FAST_ZERO)
assert status(MIB, BASE + 16 * MIB) == [(MIB, HOLE)]


def chunks(length, offset, flags=0):
    seen = []

    def chunk(part, at, kind, error):
        assert error.value == 0
        seen.append((at - BASE, len(part), kind))

    assert handle.pread_structured(length, offset, chunk, flags) == expected(length, offset)
    return sorted(seen)


def expected(length, offset):
    all = bytes(8 * MIB) + data + bytes(23 * MIB)
    return all[offset - BASE : offset - BASE + length]


assert chunks(100, BASE + 8 * MIB + 5) == [(8 * MIB + 5, 100, nbd.READ_DATA)]
assert chunks(16 * MIB, BASE + 4 * MIB) == [
    (4 * MIB, 4 * MIB, nbd.READ_HOLE),
    (8 * MIB, MIB, nbd.READ_DATA),
    (9 * MIB, 11 * MIB, nbd.READ_HOLE),
]
assert chunks(16 * MIB, BASE + 4 * MIB, nbd.CMD_FLAG_DF) == [(4 * MIB, 16 * MIB, nbd.READ_DATA)]


def refused(number, call, *arguments):
    try:
        call(*arguments)
    except nbd.Error as e:
        assert e.errnum == number, e
    else:
        raise AssertionError("not refused")


size = handle.get_size()
refused(errno.EINVAL, handle.pread, 4096, size - 512)
refused(errno.ENOSPC, handle.pwrite, bytes(4096), size - 512)
refused(errno.EINVAL, handle.block_status, 4096, size - 512, lambda *_: 0)
refused(errno.EINVAL, handle.trim, 512, 0, 1 << 9)
assert handle.pread(MIB, BASE + 8 * MIB) == data

handle.shutdown()
