"""A relay between driver and database, for what goes wrong between the two."""

import socket
import struct
import threading
from contextlib import suppress

import bson

HEADER = struct.Struct("<iiii")
OP_MSG = 2013
# Flags and the kind of the first section, which is the command's document.
PREFIX = struct.Struct("<IB")


class Relay:
    """Listens on `port`. What it is told about a command holds for the next such command."""

    def __init__(self, target):
        self.target = target
        self.lost = []
        self.refused = []
        self.forgotten = []
        self.clients = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def loses(self, command):
        """It is done, but the connection ends before the answer."""
        self.lost.append(command)

    def refuses(self, command):
        """It isn't done: the server was no primary for a moment."""
        self.refused.append(command)

    def forgets(self, command):
        """It is done, but the answer says that its transaction isn't known: as after a restart."""
        self.forgotten.append(command)

    def calls_off(self) -> bool:
        """Whether there was anything left to do, for which no command came."""
        plans = (self.lost, self.refused, self.forgotten)
        were_left = any(plans)
        for commands in plans:
            commands.clear()
        return were_left

    def close(self):
        self.listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        server = socket.create_connection(("127.0.0.1", self.target))
        self.clients.add(client)
        with client, server, suppress(OSError):
            while message := _receive(client):
                command = _command(message)
                name = next(iter(command), None)
                if _taken(self.refused, name):
                    client.sendall(_answer(message, _refusal(10107, command)))
                    self._hang_up_on_all_but(client)
                    continue
                server.sendall(message)
                answer = _receive(server)
                if _taken(self.lost, name):
                    return
                if _taken(self.forgotten, name):
                    answer = _answer(message, _refusal(251, command))
                client.sendall(answer)
        self.clients.discard(client)

    def _hang_up_on_all_but(self, client):
        """So that drivers look again: a real server tells them who is primary now."""
        for other in self.clients - {client}:
            with suppress(OSError):
                other.shutdown(socket.SHUT_RDWR)


def _taken(commands, command) -> bool:
    with suppress(ValueError):
        commands.remove(command)
        return True
    return False


def _command(message) -> dict:
    _, _, _, opcode = HEADER.unpack_from(message)
    return bson.decode(_document(message)) if opcode == OP_MSG else {}


NAMES = {10107: "NotWritablePrimary", 251: "NoSuchTransaction"}


def _refusal(code, command) -> dict:
    """With the label that a server puts on it: what may be repeated."""
    is_commit = "commitTransaction" in command
    is_whole = code == 251 or ("autocommit" in command and not is_commit)
    return {
        "ok": 0.0,
        "code": code,
        "codeName": NAMES[code],
        "errmsg": NAMES[code],
        "errorLabels": ["TransientTransactionError" if is_whole else "RetryableWriteError"],
    }


def _document(message) -> bytes:
    start = HEADER.size + PREFIX.size
    (length,) = struct.unpack_from("<i", message, start)
    return message[start : start + length]


def _answer(message, document) -> bytes:
    _, request, _, _ = HEADER.unpack_from(message)
    body = PREFIX.pack(0, 0) + bson.encode(document)
    return HEADER.pack(HEADER.size + len(body), 0, request, OP_MSG) + body


def _receive(connection) -> bytes:
    head = _read(connection, HEADER.size)
    return head and head + _read(connection, HEADER.unpack(head)[0] - HEADER.size)


def _read(connection, size) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data
