<?php
// Fills a Redis with what Laravel's cache writes, and prints each key with what is behind it. Argument: a port.
require '/usr/share/php/Illuminate/Cache/autoload.php';
require '/usr/share/php/Illuminate/Redis/autoload.php';
require '/usr/share/php/Illuminate/Container/autoload.php';

$port = (int) $argv[1];
$app = new Illuminate\Container\Container();
$redis = new Illuminate\Redis\RedisManager($app, 'phpredis', [
    'options' => ['prefix' => 'shop_database_'],
    'default' => ['host' => '127.0.0.1', 'port' => $port, 'database' => 0],
]);
$store = new Illuminate\Cache\RedisStore($redis, 'shop_cache');
$cache = new Illuminate\Cache\Repository($store);
$raw = new Redis();
$raw->connect('127.0.0.1', $port);
$truth = [];
$of = function ($call, array $facts) use ($raw, &$truth) {
    $had = $raw->keys('*');
    $call();
    foreach (array_diff($raw->keys('*'), $had) as $k) {
        $truth[$k] = $facts;
    }
};
$of(fn () => $cache->forever('users.1', ['a' => 1]), ['call' => "Cache::get('users.1')"]);
$of(fn () => $cache->put('hits', 17, 600), ['call' => "Cache::get('hits')"]);
$of(fn () => $cache->tags(['people', 'artists'])->put('John', ['x' => 1], 600), ['tagged' => true, 'call' => "Cache::tags(['people', 'artists'])->get('John')"]);
$of(fn () => $cache->tags(['people'])->forever("it's", 'y'), ['tagged' => true, 'call' => "Cache::tags(['people'])->get(\"it's\")"]);
$of(fn () => $cache->tags('old')->put('gone', 'z', 600), ['tagged' => true, 'stale' => true, 'call' => '']);
$store->forget('tag:old:key'); // as an eviction does
$of(fn () => $cache->tags('old')->put('new', 'z', 600), ['tagged' => true, 'call' => "Cache::tags(['old'])->get('new')"]);
$of(fn () => $store->lock('import', 60)->get(), ['lock' => true]);
echo json_encode($truth);
