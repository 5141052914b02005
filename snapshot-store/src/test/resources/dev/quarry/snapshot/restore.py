#!/usr/bin/env python3
"""Restores a snapshot of an unencrypted volume from a folder of objects.

Written from docs/formats-snapshots.md alone, with nothing but Python's standard library, to show
that the document says enough. Verifies every seal on its way.

usage: restore.py FOLDER SNAPSHOT-ID OUTPUT
"""
import hashlib
import os
import struct
import sys
import uuid

CHUNK = 524288
BLOCK = 4096


def crc32c_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


TABLE = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def check(right, why):
    if not right:
        sys.exit("refused: " + why)


def lz4_block(data, length):
    out = bytearray()
    at = 0

    def extended(value):
        nonlocal at
        if value == 15:
            while True:
                byte = data[at]
                at += 1
                value += byte
                if byte != 255:
                    break
        return value

    while True:
        token = data[at]
        at += 1
        literals = extended(token >> 4)
        out += data[at:at + literals]
        at += literals
        if at == len(data):
            break
        back = data[at] | data[at + 1] << 8
        at += 2
        match = extended(token & 15) + 4
        start = len(out) - back
        check(back > 0 and start >= 0, "match before the beginning")
        if back >= match:
            out += out[start:start + match]
        else:
            pattern = bytes(out[start:])
            out += (pattern * (match // back + 1))[:match]
    check(len(out) == length, "decompressed length")
    return bytes(out)


class Fields:
    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, length):
        check(self.at + length <= len(self.data), "cut short")
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, length):
        return int.from_bytes(self.raw(length), "little")

    def u8(self):
        return self.number(1)

    def u64(self):
        return self.number(8)

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def text(self):
        return self.raw(self.varint()).decode()

    def uuid(self):
        return str(uuid.UUID(bytes=self.raw(16)))


def unseal(use, salt, number, bound, sealed):
    plain, tag = sealed[:-16], sealed[-16:]
    digest = hashlib.sha256(b"quarry seal v1" + bytes([use]) + salt + struct.pack(">QI", number, len(bound)) + bound + plain)
    check(digest.digest()[:16] == tag, "seal")
    return plain


def mac(data):
    return hashlib.sha256(b"quarry mac v1" + data).digest()


class Store:
    def __init__(self, folder):
        self.folder = folder

    def get(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def has(self, name):
        return os.path.exists(os.path.join(self.folder, name))

    def part(self, name, offset, length):
        with open(os.path.join(self.folder, name), "rb") as file:
            file.seek(offset)
            return file.read(length)


def pack_table(fields):
    volumes = [fields.uuid() for _ in range(fields.varint())]
    groups = []
    for _ in range(fields.varint()):
        volume, seq, attempt, flags = volumes[fields.varint()], fields.varint(), fields.u64(), fields.u8()
        stored = (volume, seq, attempt)
        if flags & 2:
            stored = (volumes[fields.varint()], fields.varint(), fields.u64())
        groups.append((volume, seq, attempt, flags & 1, stored, bool(flags & 2)))
    packs = []
    for _ in range(fields.varint()):
        volume, seq, attempt, kind, stored, moved = groups[fields.varint()]
        number = fields.varint()
        stored_number = fields.varint() if moved else number
        packs.append(((volume, seq, attempt, kind, number), stored + (kind, stored_number)))
    return packs


def pack_name(pack):
    volume, seq, attempt, kind, number = pack
    shard = "" if kind else "%02x/" % (number & 0xFF)
    return "v/%s/s/%d/%s%s%06d-%016x" % (volume, seq, shard, "dm"[kind], number, attempt)


def columns(fields, packs, n, level, positions):
    pack = [packs[fields.varint()] for _ in range(n)]
    kinds = [fields.u8() for _ in range(n)]
    numbers, last = [], {}
    for i in range(n):
        numbers.append(fields.zigzag() + last.get(pack[i], 0))
        last[pack[i]] = numbers[i] + 1
    deltas = [fields.zigzag() for _ in range(n)]
    lengths = [fields.varint() for _ in range(n)]
    offsets, last = [], {}
    for i in range(n):
        offsets.append(deltas[i] + last.get(pack[i], 0))
        last[pack[i]] = offsets[i] + lengths[i]
    frames = []
    for i in range(n):
        kind = kinds[i] & 0x7F
        if kind == 1:
            plain = CHUNK
        elif kind == 2:
            plain = 16 + BLOCK * fields.varint()
        else:
            plain = fields.varint()
        frames.append((pack[i], numbers[i], kind, kinds[i] >> 7, level, positions[i], offsets[i], lengths[i], plain))
    return frames


def read_frame(store, frame):
    (identity, stored), number, kind, compressed, level, position, offset, length, plain_length = frame
    volume, seq, attempt, pack_kind, pack_number = identity
    volume_bytes = uuid.UUID(volume).bytes
    salt = hashlib.sha256(volume_bytes + struct.pack("<QQBI", seq, attempt, pack_kind, pack_number)).digest()[:16]
    bound = volume_bytes + struct.pack("<QQBBHI", seq, position, kind, compressed, level, plain_length)
    plain = unseal(pack_kind, salt, number, bound, store.part(pack_name(stored), offset, length))
    if compressed:
        plain = lz4_block(plain, plain_length)
    check(len(plain) == plain_length, "length of a frame")
    return plain


def read_page(store, frame, page_hash):
    page = read_frame(store, frame)
    check(hashlib.sha256(b"quarry page v1" + page).digest()[:16] == page_hash, "hash of a page")
    return page


def leaves(store, frame, page_hash):
    level, position = frame[4], frame[5]
    fields = Fields(read_page(store, frame, page_hash))
    check(fields.u8() == 1, "version of a page")
    if level == 0:
        check(fields.varint() == position, "index of a leaf")
        yield position, fields
        return
    check(fields.u8() == level and fields.varint() == position, "place of a page")
    packs = pack_table(fields)
    bitmap = fields.raw(32)
    slots = [i for i in range(256) if bitmap[i // 8] >> i % 8 & 1]
    children = columns(fields, packs, len(slots), level - 1, [position * 256 + slot for slot in slots])
    for _ in slots:
        fields.varint()
    hashes = [fields.raw(16) for _ in slots]
    for child, child_hash in zip(children, hashes):
        yield from leaves(store, child, child_hash)


def restore_leaf(store, index, fields, out, size):
    packs = pack_table(fields)
    states = fields.raw(256)
    slots = [slot for slot in range(256) for _ in range(max(0, states[slot] - 2))]
    frames = columns(fields, packs, len(slots), 0, [index * 256 + slot for slot in slots])
    chunks = {}
    for slot, frame in zip(slots, frames):
        chunk = chunks.setdefault(slot, bytearray(CHUNK))
        plain = read_frame(store, frame)
        if frame[2] == 1:
            chunk[:] = plain
        else:
            mask, at = int.from_bytes(plain[:16], "little"), 16
            for block in range(128):
                if mask >> block & 1:
                    chunk[block * BLOCK:(block + 1) * BLOCK] = plain[at:at + BLOCK]
                    at += BLOCK
    for slot, chunk in chunks.items():
        offset = (index * 256 + slot) * CHUNK
        out.seek(offset)
        out.write(chunk[:max(0, size - offset)])


def committed(store, volume, snapshot_id):
    begun, commits, deleted = {}, {}, set()
    previous, number = bytes(32), 1
    while store.has("v/%s/log/%020d" % (volume, number)):
        entry = store.get("v/%s/log/%020d" % (volume, number))
        check(entry[:4] == b"QLOG" and entry[96:128] == previous, "chain of the log")
        check(mac(entry[:-32]) == entry[-32:], "MAC of a log entry")
        previous, fields = entry[-32:], Fields(entry[132:-32])
        kind = entry[6]
        if kind == 2:
            seq = fields.varint()
            begun[fields.text()] = seq
        elif kind == 3:
            seq = fields.varint()
            commits[seq] = (fields.u64(), fields.raw(32))
        elif kind in (5, 7):
            deleted.add(fields.varint())
        elif kind == 6:
            deleted.discard(fields.varint())
        number += 1
    seq = begun.get(snapshot_id)
    check(seq in commits and seq not in deleted, "no such snapshot")
    return seq, commits[seq]


def read_root(store, volume, seq, attempt, root_mac):
    data = store.get("v/%s/s/%d/root-%016x" % (volume, seq, attempt))
    check(mac(b"root" + data) == root_mac, "MAC of the root")
    check(data[:4] == b"QROT" and crc32c(data[:-4]) == int.from_bytes(data[-4:], "little"), "root")
    return Fields(unseal(2, data[56:72], 0, data[:76], data[76:-4]))


def main(folder, snapshot_id, output):
    store = Store(folder)
    pointer = store.get("i/" + snapshot_id)
    check(pointer[:4] == b"QSID" and crc32c(pointer[:24]) == int.from_bytes(pointer[24:], "little"), "pointer")
    volume = str(uuid.UUID(bytes=pointer[8:24]))
    seq, (attempt, root_mac) = committed(store, volume, snapshot_id)
    root = read_root(store, volume, seq, attempt, root_mac)
    check(root.text() == snapshot_id, "snapshot id")
    size = root.varint()
    check(root.varint() == CHUNK and root.varint() == BLOCK, "geometry")
    root.varint(), root.varint(), root.text()
    for _ in range(2):
        for _ in range(root.varint()):
            root.text(), root.text()
    if root.u8():
        root.uuid()
    if root.u8():
        root.uuid(), root.varint(), root.raw(32)
    for _ in range(root.varint()):
        root.raw(16)
    for _ in range(4):
        root.varint()
    for _ in range(root.varint()):
        root.u8(), root.u64(), root.varint(), root.varint()
    packs = pack_table(root)
    for _ in range(root.varint()):
        root.varint(), root.varint()
    with open(output, "wb") as out:
        out.truncate(size)
        if root.u8():
            level = root.u8()
            top = columns(root, packs, 1, level, [0])[0]
            root.varint()
            for index, fields in leaves(store, top, root.raw(16)):
                restore_leaf(store, index, fields, out, size)


if __name__ == "__main__":
    main(*sys.argv[1:])
