"""Sends one command to the server, without a driver.

The keeper sends few commands: to check the server, and to end the sessions of killed processes. A
MongoClient would start threads in a process that forks, and double its memory.
"""

import socket
import struct
import time
from typing import Any

import bson

OP_MSG = 2013
# The message's length, request id, response id and opcode.
HEADER = struct.Struct("<iiii")
# The flags, and the kind of the only section.
PREFIX = struct.Struct("<IB")


def command(port: int, body: dict[str, Any], timeout: float) -> dict[str, Any]:
    """Runs a command on the `admin` database and returns the reply, {"ok": 0, ...} for an error.

    Raises OSError if the whole reply doesn't arrive within `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    document = bson.encode({**body, "$db": "admin"})
    length = HEADER.size + PREFIX.size + len(document)
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(HEADER.pack(length, 1, 0, OP_MSG) + PREFIX.pack(0, 0) + document)
        (length, *_) = HEADER.unpack(_read(connection, HEADER.size, deadline))
        reply = _read(connection, length - HEADER.size, deadline)
    return bson.decode(reply[PREFIX.size :])


def _read(connection: socket.socket, size: int, deadline: float) -> bytes:
    data = b""
    while len(data) < size:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionResetError("the server closed the connection")
        data += chunk
    return data
