import re

from bson import ObjectId

HEX_ID = re.compile(r"[0-9a-fA-F]{24}", re.ASCII)


def parse_object_id(text: object) -> ObjectId | None:
    """The id written as 24 hexadecimal digits, or None for anything else."""
    return ObjectId(text) if isinstance(text, str) and HEX_ID.fullmatch(text) else None
