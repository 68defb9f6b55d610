"""The beginner's guide as a real Flask app, and every kind of value that
Flask-Caching stores.

    python3 guide_app.py redis://127.0.0.1:6379/0

It asks for each of its own pages once, so that the cache is full, and prints
one JSON object a line for each key: {"key", "kind", "type", "repr"}, where kind
is what kind of key it is, and type and repr are what the library reads back.
With --serve it then serves on 127.0.0.1:5000.
"""

import collections
import datetime
import decimal
import enum
import json
import sys
import time
import uuid

from flask import Flask, jsonify, make_response, redirect, render_template_string, request
from flask_caching import Cache, CachedResponse
from markupsafe import Markup

app = Flask("guide_app")
app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL=sys.argv[1], CACHE_DEFAULT_TIMEOUT=60)
app.jinja_env.add_extension("flask_caching.jinja2ext.CacheExtension")
cache = Cache(app)


class Color(enum.Enum):
    RED = 1


Point = collections.namedtuple("Point", "x y")


class User:
    def __init__(self, name):
        self.name = name
        self.joined = datetime.date(2024, 2, 29)


class Basket:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return f"<Basket {self.number}>"

    @cache.memoize(60)
    def total(self, n):
        return decimal.Decimal("4.50") * n

    @classmethod
    @cache.memoize(60)
    def create(cls, n):
        return {"basket": n}


@cache.memoize(60)
def square(n):
    return f"Square of {n} is {n * n}"


@cache.memoize(60)
def number(n):
    return n * n


@cache.memoize(60, cache_none=True)
def find(name):
    return None


@cache.memoize(60)
def report(city, days=0, *, lang="en", **more):
    return {"city": city, "days": days, "lang": lang, **more}


@app.route("/")
@cache.cached(30, key_prefix="homepage")
def home():
    return f"Landing page rendered at {time.time():.3f}"


@app.route("/square/<int:n>")
def square_view(n):
    return square(n)


@app.route("/clear-cache")
def clear_cache():
    cache.clear()
    return "Cache cleared"


@app.route("/delete-homepage-cache")
def delete_homepage():
    cache.delete("homepage")
    return "Homepage cache deleted"


@app.route("/about")
@cache.cached()
def about():
    return "About us, rendered once"


@app.route("/empty")
@cache.cached()
def empty():
    return ""


@app.route("/bytes")
@cache.cached()
def raw():
    return b"\x00\x01 bytes"


@app.route("/dict")
@cache.cached()
def mapping():
    return {"id": 42, "tags": ["a", "b"], "price": 1.5, "none": None, "ok": True}


@app.route("/list")
@cache.cached()
def listing():
    return [1, "two", {"three": 3}]


@app.route("/tuple")
@cache.cached()
def created():
    return "made", 201, {"X-Made": "yes"}


@app.route("/jsonify")
@cache.cached()
def as_json():
    return jsonify(id=42)


@app.route("/response")
@cache.cached()
def response():
    r = make_response("<p>with headers</p>", 203)
    r.headers["X-Kind"] = "response"
    r.set_cookie("seen", "1")
    return r


@app.route("/brief")
@cache.cached(60)
def brief():
    return CachedResponse(make_response("for ten seconds"), timeout=10)


@app.route("/redirect")
@cache.cached()
def away():
    return redirect("/about")


@app.route("/stream")
@cache.cached()
def stream():
    yield "one "
    yield "two"


@app.route("/markup")
@cache.cached()
def markup():
    return Markup("<b>bold</b>")


@app.route("/template")
@cache.cached(key_prefix="v2:%s")
def template():
    return render_template_string(
        "{% cache 60, 'sidebar', lang %}<ul><li>{{ lang }}</li></ul>{% endcache %}"
        "{% cache 60, 'footer' %}<p>footer</p>{% endcache %}",
        lang="de",
    )


@app.route("/search")
@cache.cached(query_string=True)
def search():
    return f"results for {sorted(request.args.items(multi=True))}"


PAGES = """/ /square/4 /square/5 /about /empty /bytes /dict /list /tuple /jsonify /response /brief /redirect
/stream /markup /template /search /search?q=redis&page=2&page=1""".split()

VALUES = {
    "none": None, "true": True, "false": False, "zero": 0, "int": 42, "negative": -7, "bigint": 2**100,
    "float": 1.5, "str": "text", "unicode": "Grüße 日本語 😀", "digits": "123", "bang": "!not a pickle", "bytes": b"\xff\x00",
    "tuple": (1, (2,)), "set": {1, 2}, "frozenset": frozenset("a"), "bytearray": bytearray(b"ab"), "complex": 1 + 2j,
    "datetime": datetime.datetime(2024, 2, 29, 23, 59, 58, 123456, datetime.timezone.utc), "date": datetime.date(2024, 2, 29),
    "timedelta": datetime.timedelta(days=1), "decimal": decimal.Decimal("1.10"), "uuid": uuid.UUID(int=7),
    "ordered": collections.OrderedDict(a=1), "counter": collections.Counter("aab"), "deque": collections.deque([1], 3),
    "enum": Color.RED, "namedtuple": Point(1, 2), "user": User("ada"), "range": range(3), "exception": ValueError("bad"),
    "int keys": {1: "one", (2, 3): "pair"}, "large": ["row %d" % i for i in range(20000)],
}  # fmt: skip


def fill():
    """Makes every key once."""
    client = app.test_client()
    for page in PAGES:
        client.get(page)
    with app.app_context():
        number(12)
        find("nobody")
        report("paris", 3, lang="fr", unit="cm")
        Basket(7).total(2)
        Basket.create(3)
        for name, value in VALUES.items():
            cache.set(f"value:{name}", value)
        cache.set("forever", "no expiry", timeout=0)
        cache.cache.inc("counter")


def kind(name):
    """What kind of key a name is, by what the library put into it."""
    if name.endswith("_memver"):
        return "memver"
    for start, found in (("view/", "view"), ("_template_fragment_cache_", "fragment"), ("/", "query"), ("v2:", "named")):
        if name.startswith(start):
            return found
    if name in ("homepage", "forever", "counter") or name.startswith("value:"):
        return "manual"
    return "memoize"


def tell():
    """Prints what there is."""
    backend = cache.cache
    with app.app_context():
        for key in sorted(backend._read_client.keys(backend.key_prefix + "*")):
            name = key.decode()[len(backend.key_prefix) :]
            value = cache.get(name)
            print(json.dumps({"key": key.decode(), "kind": kind(name), "type": type(value).__name__, "repr": repr(value)[:200]}))


if __name__ == "__main__":
    fill()
    tell()
    if "--serve" in sys.argv:
        sys.stdout.flush()
        app.run("127.0.0.1", 5000)
