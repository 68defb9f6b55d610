"""Writes the gallery: the keys of many frameworks, as the demo app seeds them.

Run by hand, in this directory, when the gallery is to change:

    /usr/bin/python3 make.py

It writes index.json, one key a line, and one file for each string value.
What Python makes is made here with its own pickle, json, zlib and numpy; what
other languages make is copied from decode/testdata/corpus, whose values were
written by the real libraries. Nothing here is unpickled.
"""

import array
import base64
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import gzip
import json
import pathlib
import pickle
import types
import uuid
import zlib

import numpy

CORPUS = pathlib.Path("../../decode/testdata/corpus")


def module(name):
    """Lets classes below say that they come from an application's module."""
    import sys

    for part in (name.partition(".")[0], name):
        sys.modules[part] = types.ModuleType(part)

    def put(cls):
        cls.__module__ = name
        setattr(sys.modules[name], cls.__qualname__, cls)
        return cls

    return put


shop = module("shop.models")


@shop
class Status(enum.Enum):
    PAID = "paid"
    SHIPPED = "shipped"


@shop
@dataclasses.dataclass
class Customer:
    name: str
    email: str
    since: dt.date


@shop
@dataclasses.dataclass
class Order:
    id: uuid.UUID
    customer: Customer
    lines: list
    total: decimal.Decimal
    status: Status
    placed: dt.datetime


@shop
class Point(collections.namedtuple("Point", "x y")):
    __slots__ = ()


@shop
class Session:
    def __init__(self):
        self.user = "ada"
        self.visits = 3
        self.me = self


class Attack:
    """What an attacker who can write to Redis leaves for pickle.loads. The
    command is a harmless one: the gallery may be seeded on a real server."""

    def __reduce__(self):
        import os

        return os.system, ("echo whoever unpickles this runs it",)


CET = dt.timezone(dt.timedelta(hours=1), "CET")
order = Order(
    uuid.UUID("9b2f6c1e-3d4a-4b8e-9f10-2a3b4c5d6e7f"),
    Customer("Ada Lovelace", "ada@example.org", dt.date(2019, 12, 10)),
    [{"sku": "TEA-100", "qty": 2, "price": decimal.Decimal("4.50")}, {"sku": "MUG-7", "qty": 1, "price": decimal.Decimal("9.90")}],
    decimal.Decimal("18.90"),
    Status.PAID,
    dt.datetime(2026, 3, 14, 9, 26, 53, 589793, CET),
)
nested = {
    "name": "Grüße aus Köln",
    "depth": {"list": [1, 2.5, None, True, ("a", b"\x00\xff")], "set": {1, 2, 3}, "frozen": frozenset("x")},
    "big": 2**80,
    "when": dt.timedelta(days=1, seconds=5),
    "counter": collections.Counter("abracadabra"),
    "ordered": collections.OrderedDict([("z", 1), ("a", 2)]),
    "default": collections.defaultdict(list, {"k": [1]}),
    "deque": collections.deque([1, 2, 3], maxlen=5),
    "half": fractions.Fraction(1, 2),
    "array": array.array("d", [1.0, 2.0]),
    "complex": 3 + 4j,
    "range": range(0, 10, 2),
    "point": Point(3, 4),
}
article = {"id": 42, "title": "Caching explained", "tags": ["redis", "flask"], "views": 1234, "draft": False, "rating": 4.75, "author": None}
flask = lambda v, p=5: b"!" + pickle.dumps(v, p)  # noqa: E731

entries = []


def string(key, raw, ttl=0):
    key = key if isinstance(key, bytes) else key.encode()
    name = f"{len(entries):02d}.bin"
    pathlib.Path(name).write_bytes(raw)
    entries.append({"key": base64.b64encode(key).decode(), "type": "string", "ttl": ttl, "file": name})


def members(key, kind, data, ttl=0):
    def b64(x):
        if isinstance(x, list):
            return [b64(i) for i in x]
        return base64.b64encode(x if isinstance(x, bytes) else str(x).encode()).decode()

    entries.append({"key": b64(key), "type": kind, "ttl": ttl, "members": b64(data)})


def corpus(ident, ttl=None):
    for line in (CORPUS / "manifest.jsonl").read_text().splitlines():
        case = json.loads(line)
        if case["id"] != ident:
            continue
        ttl = max(case["ttl"], 0) if ttl is None else ttl
        raw = (CORPUS / case["value_file"]).read_bytes()
        if case["type"] == "string":
            string(base64.b64decode(case["key"]), raw, ttl)
        else:
            data = json.loads(raw)["data"]
            if case["type"] == "zset":  # scores are numbers there
                data = [[m, base64.b64encode(str(s).encode()).decode()] for m, s in data]
            entries.append({"key": case["key"], "type": case["type"], "ttl": ttl, "members": data})
        return
    raise SystemExit(f"no case {ident}")


for old in pathlib.Path(".").glob("*.bin"):
    old.unlink()

# Flask-Caching: one of each thing that it stores.
string("flask_cache_view//about", flask("<h1>About us</h1>\n<p>Rendered once.</p>"), 600)
string("flask_cache_view//api/articles/42", flask(article), 900)
string("flask_cache_view//created", flask(("made", 201)), 900)
string("flask_cache_order:1001", flask(order), 1800)
string("flask_cache_everything", flask(nested), 3600)
string("flask_cache_nothing", flask(None), 300)
string("flask_cache_visits", b"10482")
string("flask_cache_legacy", b"plain old text")
string("flask_cache__template_fragment_cache_sidebar_de_v7", flask("<ul><li>Start</li></ul>"), 300)
for ident in ("fc202-view-jsonify", "fc202-query3", "fc202-memver-square", "fc202-memo-square4-after-reset", "fc202-memo-square5"):
    corpus(ident, 1200)

# Bare pickles of every protocol.
for p in range(6):
    string(f"pickle:article:p{p}", pickle.dumps(article, p), 7200)
string("pickle:order:p2", pickle.dumps(order, 2), 7200)
string("pickle:cycle", pickle.dumps(Session(), 4), 7200)
string("pickle:untrusted", pickle.dumps(Attack(), 4), 7200)
string("numpy:matrix", pickle.dumps(numpy.arange(12, dtype="<f8").reshape(3, 4) / 4, 4), 7200)
string("numpy:prices", pickle.dumps(numpy.array([4.5, 9.9, 18.9], dtype="<f4"), 5), 7200)
string("pickle:cut-off", pickle.dumps(order, 4)[:120], 7200)

# Text, JSON and what is packed.
text = json.dumps(article)
string("article:42:json", text.encode(), 3600)
string("article:42:json.gz", gzip.compress((text * 20).encode(), mtime=0), 3600)
string("article:42:json.zlib", zlib.compress(text.encode()), 3600)
string("page:/pricing", b"<!doctype html>\n<title>Pricing</title>\n<p>From 4.50 &euro; a month.", 120)
string("config:maintenance", b"false")
string("counter:signups", b"48213")
string("token:jwt", b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl", 900)
string("thumb:42", bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + bytes(40), 3600)
string("empty", b"")

# Other frameworks, as their own libraries wrote it.
for ident in (
    "celery-success", "celery-failure", "dj-session", "dj-zlib-dict", "dj-fragment", "dj-prefix",
    "rails71-hash", "rails70-longhash", "laravel-collection", "phpsess-php", "symfony-array",
    "spring-json-map", "java-product", "keyv-object", "bullmq-d1", "bullmq-delayed", "rq-job", "rq-queue",
    "fsession-msgpack", "connect-redis", "dogpile-plain", "cashews-signed", "aio-decorator",
    "reqcache-pickle", "gocache-stock-s2", "cbor-tags", "comp-zstd",
):  # fmt: skip
    corpus(ident)

# Every type of Redis.
members("user:42", "hash", [["name", "Ada Lovelace"], ["email", "ada@example.org"], ["logins", "17"], ["prefs", json.dumps({"theme": "dark"})], ["cart", pickle.dumps(order.lines, 4)]])
members("queue:emails", "list", [json.dumps({"to": f"user{i}@example.org", "template": "welcome"}) for i in range(12)])
members("tags:article:42", "set", ["redis", "flask", "python", "caching"], 3600)
members("leaderboard", "zset", [[f"player{i:02d}", str(1000 - i * 37.5)] for i in range(20)])
members("events:orders", "stream", [[f"{1772000000000 + i * 1500}-0", ["type", "paid" if i % 2 else "placed", "order", str(1000 + i)]] for i in range(10)])

# Names and values that a terminal must not obey.
string(b"evil:\x1b[2J\x1b[31mred\x1b[0m\r\nname", b"the name of this key has control characters in it", 3600)
string("evil:value", b"\x1b]0;owned\x07\x1b[2Jgone? \xe2\x80\xaegnp.exe\r\n", 3600)
string(bytes([0xC3, 0x28, 0x00, 0xFF, 0xFE]), b"the name of this key is not UTF-8", 3600)
string("unicode:naïve/日本語/😀", "Grüße, 世界 👋".encode(), 3600)

lines = ",\n".join(json.dumps(e) for e in entries)
pathlib.Path("index.json").write_text(f"[\n{lines}\n]\n")
print(len(entries), "keys")
