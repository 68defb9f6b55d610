# Writes random cache values with Ruby's own serializers: write.rb SEED COUNT.
# Each line has the writer, the format ("" for bytes without one), 1 if the
# bytes prove the format, and the value in hex, between tabs.
require "bigdecimal"
require "digest"
require "json"
require "set"
require "zlib"
begin
  require "msgpack"
rescue LoadError
end

R = Random.new(ARGV[0].to_i)

def word = %w[alpha delivery Zürich 価格 статус ok user-agent 北京 done][R.rand(9)] + ["", "_id", "2", ""][R.rand(4)]

def any(depth = 1)
  case R.rand(depth > 0 ? 9 : 7)
  when 0 then nil
  when 1 then R.rand(2) == 1
  when 2 then R.rand(200) - 40
  when 3 then 1_600_000_000 + R.rand(200_000_000)
  when 4 then R.rand * 100
  when 7 then { word => any(depth - 1) }
  when 8 then [any(depth - 1), any(depth - 1)]
  else word
  end
end

def record(least)
  n = least + R.rand(4)
  m = {}
  m["#{word}#{R.rand(5)}"] = any while m.size < n
  m
end

def items(n) = Array.new(n) { any }

Product = Struct.new(:id, :name, :tags)

class Account
  def initialize
    @id, @name, @roles = R.rand(1 << 40), word, [word.to_sym]
  end
end

writers = [
  ["ruby Marshal hash", "ruby-marshal", 1, -> { Marshal.dump(record(3)) }],
  ["ruby Marshal symbols", "ruby-marshal", 1, -> { Marshal.dump(record(2).transform_keys(&:to_sym)) }],
  ["ruby Marshal array", "ruby-marshal", 1, -> { Marshal.dump(items(2 + R.rand(9))) }],
  ["ruby Marshal struct", "ruby-marshal", 1, -> { Marshal.dump(Product.new(R.rand(1 << 70), word, items(2))) }],
  ["ruby Marshal object", "ruby-marshal", 1, -> { Marshal.dump(Account.new) }],
  ["ruby Marshal scalar", "ruby-marshal", 0, -> { Marshal.dump([R.rand, R.rand(1 << 40), word, word.to_sym].sample(random: R)) }],
  ["ruby Marshal types", "ruby-marshal", 1, -> { Marshal.dump([Set.new(items(3)), Time.at(R.rand(2_000_000_000)), BigDecimal("1.5"), 1..R.rand(99), Rational(R.rand(9), 7)]) }],
  ["ruby JSON", "json", 1, -> { JSON.generate(record(3)) }],
  ["ruby zlib of Marshal", "zlib", 1, -> { Zlib::Deflate.deflate(Marshal.dump(record(3))) }],
  ["ruby gzip of JSON", "gzip", 1, -> { Zlib.gzip(JSON.generate(record(3))) }],
  ["ruby pack floats", "", 0, -> { Array.new(3 + R.rand(40)) { R.rand * 2 - 1 }.pack("e*") }],
  ["ruby pack counter", "", 0, -> { [R.rand(100_000)].pack(["N", "Q>", "V", "Q<"].sample(random: R)) }],
  ["ruby digest", "", 0, -> { [Digest::MD5, Digest::SHA1, Digest::SHA256].sample(random: R).digest(R.bytes(8)) }],
  ["ruby random bytes", "", 0, -> { R.bytes(3 + R.rand(80)) }],
  ["ruby UTF-16", "", 0, -> { "#{word} #{word}".encode("UTF-16LE") }],
]
if defined?(MessagePack)
  writers << ["ruby msgpack map", "msgpack", 1, -> { record(4).to_msgpack }]
  writers << ["ruby msgpack list", "msgpack", 0, -> { items(3 + R.rand(9)).to_msgpack }]
end

ARGV[1].to_i.times do |i|
  name, format, proof, write = writers[i % writers.size]
  puts [name, format, proof, write.call.unpack1("H*")].join("\t")
end
