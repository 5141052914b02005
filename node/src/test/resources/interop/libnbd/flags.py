# Every command with every flag that the server offers for it, and what a reader sees afterwards.
import sys

import nbd

BASE = 256 * 1024 * 1024
MIB = 1024 * 1024

handle = nbd.NBD()
handle.connect_uri(sys.argv[1])
other = nbd.NBD()
other.connect_uri(sys.argv[1])

assert handle.can_flush() and handle.can_fua() and handle.can_trim()
assert handle.can_zero() and handle.can_cache() and handle.can_multi_conn()
assert not handle.is_read_only()

ones = b"\x11" * MIB
zeros = bytes(MIB)


def expect(offset, data):
    assert handle.pread(len(data), offset) == data, "offset %d" % offset
    assert other.pread(len(data), offset) == data, "offset %d, other connection" % offset


handle.pwrite(ones, BASE)
expect(BASE, ones)
handle.pwrite(ones, BASE + MIB, nbd.CMD_FLAG_FUA)
expect(BASE + MIB, ones)

# Zeroes: with a hole allowed, without, forced, and not on a block's edge.
handle.zero(MIB // 4, BASE)
handle.zero(MIB // 4, BASE + MIB // 4, nbd.CMD_FLAG_NO_HOLE)
handle.zero(MIB // 4, BASE + MIB // 2, nbd.CMD_FLAG_FUA)
expect(BASE, zeros[: 3 * MIB // 4])
expect(BASE + 3 * MIB // 4, ones[: MIB // 4])
handle.zero(1000, BASE + MIB + 511)
expect(BASE + MIB, ones[:511] + zeros[:1000] + ones[: MIB - 1511])

# A trim of whole blocks reads as zeroes here, though the protocol would allow otherwise.
handle.trim(MIB // 2, BASE + MIB + MIB // 2)
expect(BASE + MIB + MIB // 2, zeros[: MIB // 2])
handle.trim(MIB // 4, BASE + MIB + MIB // 4, nbd.CMD_FLAG_FUA)
expect(BASE + MIB + MIB // 4, zeros[: MIB // 4])
expect(BASE + MIB + 1511, ones[: MIB // 4 - 1511])

handle.cache(2 * MIB, BASE)
expect(BASE + 3 * MIB // 4, ones[: MIB // 4])
handle.flush()
other.flush()

# Far more than one request can carry.
handle.zero(512 * MIB, BASE)
expect(BASE + 3 * MIB // 4, zeros)
handle.trim(512 * MIB, BASE)
expect(BASE, zeros)

# The largest payload that everyone may send.
large = b"\x77" * (32 * MIB)
handle.pwrite(large, BASE)
assert other.pread(32 * MIB, BASE) == large

handle.shutdown()
other.shutdown()
