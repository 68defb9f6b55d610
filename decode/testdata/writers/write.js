// Writes random cache values with Node's own serializers: write.js SEED COUNT.
// Each line has the writer, the format ("" for bytes without one), 1 if the
// bytes prove the format, and the value in hex, between tabs.
'use strict';
const crypto = require('crypto');
const v8 = require('v8');
const zlib = require('zlib');

// Mulberry32, so that a seed repeats a run.
let state = Number(process.argv[2]) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const word = () => pick(['alpha', 'delivery', 'Zürich', '価格', 'статус', 'ok', 'user-agent', '北京', 'done']) + pick(['', '_id', '2', '']);
const noise = (n) => Buffer.from(Array.from({ length: n }, () => below(256)));

function any(depth = 1) {
  switch (below(depth > 0 ? 9 : 7)) {
    case 0: return null;
    case 1: return below(2) === 1;
    case 2: return below(200) - 40;
    case 3: return 1_600_000_000_000 + below(2e11);
    case 4: return random() * 100;
    case 7: return { [word()]: any(depth - 1) };
    case 8: return [any(depth - 1), any(depth - 1)];
  }
  return word();
}
function record(least) {
  const m = {}, n = least + below(4);
  while (Object.keys(m).length < n) m[word() + below(5)] = any();
  return m;
}
const items = (n) => Array.from({ length: n }, () => any());

function counter() {
  const b = Buffer.alloc(pick([4, 8]));
  if (b.length === 4) b.writeUInt32BE(below(100_000)); else b.writeBigUInt64LE(BigInt(below(100_000)));
  return b;
}

const writers = [
  ['node v8 object', 'v8-serialize', 1, () => v8.serialize(record(3))],
  ['node v8 array', 'v8-serialize', 1, () => v8.serialize(items(2 + below(9)))],
  ['node v8 Map and Set', 'v8-serialize', 1, () => v8.serialize(new Map([['tags', new Set(items(3))], [word(), new Date(below(2e12))], ['big', BigInt(below(1e9)) ** 3n]]))],
  ['node v8 typed array', 'v8-serialize', 1, () => v8.serialize({ vector: Float32Array.from({ length: 8 }, random), raw: noise(12) })],
  ['node v8 scalar', 'v8-serialize', 0, () => v8.serialize(pick([random(), below(1e9), word(), new Date(below(2e12))]))],
  ['node JSON', 'json', 1, () => Buffer.from(JSON.stringify(record(3)))],
  ['node deflate of JSON', 'zlib', 1, () => zlib.deflateSync(JSON.stringify(record(3)))],
  ['node raw deflate', 'deflate', 0, () => zlib.deflateRawSync(JSON.stringify(items(20)))],
  ['node brotli', 'brotli', 0, () => zlib.brotliCompressSync(JSON.stringify(items(20)), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } })],
  ['node gzip of v8', 'gzip', 1, () => zlib.gzipSync(v8.serialize(record(3)))],
  ['node Float32Array', '', 0, () => Buffer.from(Float32Array.from({ length: 3 + below(40) }, () => random() * 2 - 1).buffer)],
  ['node Float64Array', '', 0, () => Buffer.from(Float64Array.from({ length: 2 + below(20) }, () => random() * 1000).buffer)],
  ['node counter', '', 0, counter],
  ['node digest', '', 0, () => crypto.createHash(pick(['md5', 'sha1', 'sha256', 'sha512'])).update(noise(8)).digest()],
  ['node UTF-16', '', 0, () => Buffer.from(word() + ' ' + word(), 'utf16le')],
];

const lines = [];
for (let i = 0; i < Number(process.argv[3]); i++) {
  const [name, format, proof, write] = writers[i % writers.length];
  lines.push([name, format, proof, write().toString('hex')].join('\t'));
}
process.stdout.write(lines.join('\n') + '\n');
