"""A Flask app with memoized functions and thousands of stored results: the
fixture of flask_python_test.go.

    python3 flask_shop.py redis://127.0.0.1:6379/0 PREFIX SCALE

SCALE 100 makes more than 10,000 results. It fills the cache through Flask-Caching and prints one JSON object a line for
each result: {"key", "function", "call", "orphan", "easy"}. call is how a
program would write it; easy says whether the only argument beside the object is
a small integer, or a text that stands in the name of another key.
"""

import json
import sys

from flask import Flask, request
from flask_caching import Cache

app = Flask("flask_shop")
app.config.update(CACHE_TYPE="RedisCache", CACHE_REDIS_URL=sys.argv[1], CACHE_KEY_PREFIX=sys.argv[2], CACHE_DEFAULT_TIMEOUT=500)
cache = Cache(app)

scale = int(sys.argv[3])
CITIES = [a + b for a in ("Nor", "Süd", "O'", "St. ", "new-", "Alt_") for b in ("berg", "haven", "ville", "Ulm", "zell")]


class Basket:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return f"<Basket {self.number}>"

    @cache.memoize(900)
    def total(self, n):
        return self.number * n


@cache.memoize(900)
def square(n):
    return n * n


@cache.memoize(900)
def weather(city):
    return {"text": "sunny"}


@cache.memoize(900)
def convert(amount, currency="eur", exact=False):
    return amount * 1.07


@cache.memoize(900)
def label(n):
    return "label"


@cache.memoize(900)
def page(token):
    return "nothing in it tells the token"


@app.route("/city/<name>")
@cache.cached(900)
def city(name):
    return "a page"


@app.route("/search")
@cache.cached(900, query_string=True)
def search():
    return "results " + request.args.get("q", "")


def tell(function, call, args, easy, orphan=False):
    key = function.make_cache_key(function.uncached, *args)
    print(json.dumps({"key": sys.argv[2] + key, "function": function.__qualname__, "call": call, "orphan": orphan, "easy": easy}))


def store(function, args, easy=True):
    function(*args)
    text = ", ".join(repr(repr(a) if isinstance(a, Basket) else a) for a in args)
    return function, f"{__name__}.{function.__qualname__}({text})", args, easy


with app.app_context():
    calls = [store(label, [n]) for n in range(7 * scale)]
    for call in calls:
        tell(*call, orphan=True)
    cache.delete_memoized(label)
    calls = [store(square, [n]) for n in range(65 * scale)]
    calls += [store(weather, [name]) for name in CITIES]
    calls += [store(Basket.total, [Basket(b), n]) for b in range(40) for n in range(scale // 4)]
    calls += [store(label, [n]) for n in range(15 * scale)]
    for n in range(2 * scale):
        for currency in ("usd", "gbp"):
            function, text, args, _ = store(convert, [n * 3, currency], easy=False)
            # The library keeps no default that is false.
            calls.append((function, text[:-1] + ", None)", args, False))
    calls += [store(page, [f"{n * 7919:x}-{n}"], easy=False) for n in range(5 * scale)]
    for call in calls:
        tell(*call)

client = app.test_client()
for name in CITIES:
    client.get("/city/" + name)
client.get("/search?q=usd&page=2")
client.get("/search?q=gbp")
with app.app_context():
    cache.set("currencies", ["usd", "gbp", "eur"])
