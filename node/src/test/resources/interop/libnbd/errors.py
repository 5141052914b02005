# What must be refused is refused by the right error, harms nothing, and the connection goes on.
import errno
import sys

import nbd

MIB = 1024 * 1024

handle = nbd.NBD()
handle.connect_uri(sys.argv[1])
# Let everything through to the server: it is what is tested.
handle.set_strict_mode(0)
size = handle.get_size()


def refused(name, what):
    try:
        what()
    except nbd.Error as error:
        assert error.errnum == getattr(errno, name), "%s, not %s" % (error, name)
    else:
        raise AssertionError("not refused, %s was expected" % name)
    mark = handle.pread(4096, size - 4096)
    assert mark == b"\x42" * 4096, "the connection or the data suffered"


handle.pwrite(b"\x42" * 4096, size - 4096)

# One byte, one block, and everything past the end.
for start in (size - 4095, size, size + 4096, 2**63 - 4096):
    refused("EINVAL", lambda: handle.pread(4096, start))
    refused("ENOSPC", lambda: handle.pwrite(bytes(4096), start))
    refused("ENOSPC", lambda: handle.zero(4096, start))
    refused("EINVAL", lambda: handle.trim(4096, start))
    refused("EINVAL", lambda: handle.cache(4096, start))

# A flag the command does not have.
refused("EINVAL", lambda: handle.pread(4096, 0, nbd.CMD_FLAG_NO_HOLE))
refused("EINVAL", lambda: handle.pwrite(bytes(4096), 0, nbd.CMD_FLAG_NO_HOLE))
refused("EINVAL", lambda: handle.trim(4096, 0, nbd.CMD_FLAG_FAST_ZERO))
handle.shutdown()

# A request larger than the server said it takes: an error, or the end of this connection.
for large in (
    lambda client: client.pread(33 * MIB, 0),
    lambda client: client.pwrite(bytes(33 * MIB), 0),
):
    client = nbd.NBD()
    client.connect_uri(sys.argv[1])
    client.set_strict_mode(0)
    try:
        large(client)
    except nbd.Error:
        pass
    else:
        raise AssertionError("33 MiB were taken at once")

last = nbd.NBD()
last.connect_uri(sys.argv[1])
assert last.pread(4096, size - 4096) == b"\x42" * 4096
assert last.pread(4096, 0) == bytes(4096), "part of a refused write was carried out"

try:
    unknown = nbd.NBD()
    unknown.set_export_name("vol-00000000000000000")
    unknown.set_opt_mode(True)
    unknown.connect_uri(sys.argv[1])
    unknown.set_export_name("vol-00000000000000000")
    unknown.opt_go()
except nbd.Error as error:
    assert error.errnum == errno.ENOENT, error
else:
    raise AssertionError("a volume was opened that does not exist")
