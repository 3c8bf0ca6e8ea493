"""A stand-in for mongos, since no sharded cluster can be installed with the tests' packages.

It answers `hello` as mongos does, and the commands that shard a collection. It passes all others on
to a server that isn't sharded. So it shows what the service sends to a sharded cluster, but not
what a cluster makes of it.
"""

import struct
from contextlib import suppress
from socket import create_connection

import bson

from fitness_project.database.tests.relay import (
    HEADER,
    OP_MSG,
    PREFIX,
    Relay,
    _command,
    _receive,
    _reply,
)

OP_QUERY = 2004
OP_REPLY = 1
# Flags, cursor, first document and number of documents, before the documents of an OP_REPLY.
REPLY = struct.Struct("<iqii")
HELLO = ("hello", "isMaster", "ismaster")
SHARDING = ("enableSharding", "shardCollection")
OF_A_REPLICA_SET = (
    "setName",
    "setVersion",
    "hosts",
    "primary",
    "me",
    "electionId",
    "topologyVersion",
)


class Mongos(Relay):
    """`commands` are the commands for sharding that it got."""

    def __init__(self, target):
        self.commands = []
        super().__init__(target)

    def _serve(self, client):
        server = create_connection(("127.0.0.1", self.target))
        with client, server, suppress(OSError):
            while message := _receive(client):
                command = _command(message)
                name = next(iter(command), None)
                if name in SHARDING:
                    self.commands.append(command)
                    client.sendall(_reply(message, {"ok": 1.0}))
                    continue
                server.sendall(message)
                reply = _receive(server)
                is_hello = name in HELLO or HEADER.unpack_from(message)[3] == OP_QUERY
                client.sendall(_as_mongos(reply) if is_hello else reply)


def _as_mongos(reply) -> bytes:
    _, request, response, opcode = HEADER.unpack_from(reply)
    prefix = PREFIX if opcode == OP_MSG else REPLY
    start = HEADER.size + prefix.size
    hello = bson.decode(reply[start:])
    for name in OF_A_REPLICA_SET:
        hello.pop(name, None)
    body = reply[HEADER.size : start] + bson.encode({**hello, "msg": "isdbgrid"})
    return HEADER.pack(HEADER.size + len(body), request, response, opcode) + body
