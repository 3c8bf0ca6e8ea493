"""A relay between driver and database that simulates failures between the two."""

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
    """Listens on `port`. Each instruction applies to the next command of that name."""

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
        """The server runs it, but the connection breaks before the reply."""
        self.lost.append(command)

    def refuses(self, command):
        """The server does not run it, and replies that it is not the primary."""
        self.refused.append(command)

    def forgets(self, command):
        """The server runs it, but replies as if a restart had ended its transaction."""
        self.forgotten.append(command)

    def calls_off(self) -> bool:
        """Cancels all instructions. Returns whether any of them had not been carried out."""
        instructions = (self.lost, self.refused, self.forgotten)
        had_any = any(instructions)
        for commands in instructions:
            commands.clear()
        return had_any

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
                    client.sendall(_reply(message, _refusal(10107, command)))
                    self._disconnect_others(client)
                    continue
                server.sendall(message)
                reply = _receive(server)
                if _taken(self.lost, name):
                    return
                if _taken(self.forgotten, name):
                    reply = _reply(message, _refusal(251, command))
                client.sendall(reply)
        self.clients.discard(client)

    def _disconnect_others(self, client):
        """Makes drivers look for the primary again, of which a real server would inform them."""
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
    """An error with the label by which a server says what may be retried."""
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


def _reply(message, document) -> bytes:
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
