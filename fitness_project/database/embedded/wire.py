"""One command to the server, without a driver.

The keeper asks little: whether the server works, and to end the transactions of the dead. A
MongoClient for that would bring threads into a process that forks, and double its memory.
"""

import socket
import struct
import time

import bson

OP_MSG = 2013
# Length, request id, response to, opcode; then flags and the kind of the one section.
HEADER = struct.Struct("<iiii")
PREFIX = struct.Struct("<IB")


def command(port: int, body: dict, timeout: float) -> dict:
    """The server's answer to `body`, run on the `admin` database; {"ok": 0, ...} if it refuses.

    Raises OSError when no whole answer comes within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    document = bson.encode({**body, "$db": "admin"})
    length = HEADER.size + PREFIX.size + len(document)
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(HEADER.pack(length, 1, 0, OP_MSG) + PREFIX.pack(0, 0) + document)
        (length, *_) = HEADER.unpack(_read(connection, HEADER.size, deadline))
        answer = _read(connection, length - HEADER.size, deadline)
    return bson.decode(answer[PREFIX.size :])


def _read(connection: socket.socket, size: int, deadline: float) -> bytes:
    data = b""
    while len(data) < size:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionResetError("the server hung up")
        data += chunk
    return data
