"""Pickles trees with the C pickler.

Standard input: one JSON tree a line. Standard output: for each, the hex of its
pickles at protocols 2 to 5, separated by blanks. A tree is [kind, payload, id]:
text and numbers come as text so that every str is an object of its own, a dict
key is interned, and an id other than 0 names an object to share.
"""

import json
import pickle
import struct
import sys


def build(tree, shared, key=False):
    kind, data, ident = tree
    if ident in shared:
        return shared[ident]
    if kind == "none":
        return None
    if kind == "bool":
        return data
    if kind == "int":
        return int(data)
    if kind == "float":
        return struct.unpack(">d", bytes.fromhex(data))[0]
    if kind == "str":
        text = bytes.fromhex(data).decode("utf-8", "surrogatepass")
        return sys.intern(text) if key else text
    if kind == "bytes":
        return bytes.fromhex(data)
    if kind == "list":
        out = []
        if ident:
            shared[ident] = out
        out.extend(build(t, shared) for t in data)
    elif kind == "dict":
        out = {}
        if ident:
            shared[ident] = out
        for k, v in data:
            out[build(k, shared, True)] = build(v, shared)
    else:
        make = {"tuple": tuple, "set": set, "frozenset": frozenset}[kind]
        out = make([build(t, shared) for t in data])
        if ident:
            shared[ident] = out
    return out


for line in sys.stdin:
    value = build(json.loads(line), {})
    print(*(pickle.dumps(value, p).hex() for p in range(2, 6)))
