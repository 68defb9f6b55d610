<?php
// Writes random cache values with PHP's own serializers: write.php SEED COUNT.
// Each line has the writer, the format ("" for bytes without one), 1 if the
// bytes prove the format, and the value in hex, between tabs.
mt_srand((int) $argv[1]);

function word() { return ['alpha', 'delivery', 'Zürich', '価格', 'статус', 'ok', 'user-agent', '北京', 'done'][mt_rand(0, 8)] . ['', '_id', '2', ''][mt_rand(0, 3)]; }
function noise($n) { $s = ''; while (strlen($s) < $n) { $s .= chr(mt_rand(0, 255)); } return $s; }
function any($depth = 1) {
	switch (mt_rand(0, $depth > 0 ? 8 : 6)) {
		case 0: return null;
		case 1: return mt_rand(0, 1) == 1;
		case 2: return mt_rand(-40, 160);
		case 3: return 1600000000 + mt_rand(0, 200000000);
		case 4: return mt_rand() / 1000;
		case 7: return [word() => any($depth - 1)];
		case 8: return [any($depth - 1), any($depth - 1)];
	}
	return word();
}
function record($least) { $m = []; $n = $least + mt_rand(0, 3); while (count($m) < $n) { $m[word() . mt_rand(0, 4)] = any(); } return $m; }
function items($n) { $l = []; while (count($l) < $n) { $l[] = any(); } return $l; }

class Product { public $id; protected $name; private $tags = []; function __construct() { $this->id = mt_rand(); $this->name = word(); $this->tags = items(3); } }

ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
ini_set('session.save_path', sys_get_temp_dir());
$session = function () {
	$_SESSION = record(2);
	return session_encode();
};
$writers = [
	['php serialize array', 'php-serialize', 1, fn() => serialize(record(3))],
	['php serialize list', 'php-serialize', 1, fn() => serialize(items(2 + mt_rand(0, 9)))],
	['php serialize object', 'php-serialize', 1, fn() => serialize(new Product())],
	['php serialize date', 'php-serialize', 1, fn() => serialize(new DateTimeImmutable('@' . mt_rand()))],
	['php serialize text', 'php-serialize', 0, fn() => serialize(word())],
	['php json_encode', 'json', 1, fn() => json_encode(record(3))],
	['php gzcompress', 'zlib', 1, fn() => gzcompress(serialize(record(3)))],
	['php gzdeflate', 'deflate', 0, fn() => gzdeflate(serialize(record(6)))],
	['php gzencode', 'gzip', 1, fn() => gzencode(json_encode(record(3)))],
	['php pack floats', '', 0, fn() => pack('g*', ...array_map(fn() => mt_rand() / mt_getrandmax() * 2 - 1, range(0, mt_rand(2, 40))))],
	['php pack counter', '', 0, fn() => pack(['N', 'J', 'V'][mt_rand(0, 2)], mt_rand(0, 100000))],
	['php hash', '', 0, fn() => hash(['md5', 'sha1', 'sha256', 'crc32b'][mt_rand(0, 3)], noise(8), true)],
];
if (extension_loaded('igbinary')) {
	$writers[] = ['php igbinary array', 'igbinary', 1, fn() => igbinary_serialize(record(3))];
	$writers[] = ['php igbinary object', 'igbinary', 1, fn() => igbinary_serialize(new Product())];
}
if (extension_loaded('msgpack')) {
	$writers[] = ['php msgpack map', 'msgpack', 1, fn() => msgpack_pack(record(4))];
	$writers[] = ['php msgpack list', 'msgpack', 0, fn() => msgpack_pack(items(3 + mt_rand(0, 9)))];
	$writers[] = ['php msgpack object', 'msgpack', 1, fn() => msgpack_pack(new Product())];
}
if (extension_loaded('session') && @session_start()) {
	$writers[] = ['php session', 'php-session', 1, $session];
}

for ($i = 0; $i < (int) $argv[2]; $i++) {
	[$name, $format, $proof, $write] = $writers[$i % count($writers)];
	echo $name, "\t", $format, "\t", $proof, "\t", bin2hex($write()), "\n";
}
if (session_status() === PHP_SESSION_ACTIVE) {
	session_destroy();
}
