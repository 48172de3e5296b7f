// Files of values, as runtime/tools/value_runner.c describes them: for tests of WebAssembly.
'use strict';
const {ELEMENT_BYTES, KINDS, STRING} = require('./wasm_model.js');

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }
  int() { return this.view.getInt32((this.at += 4) - 4, true); }
  long() { return Number(this.view.getBigInt64((this.at += 8) - 8, true)); }
  take(length) {
    if (this.at + length > this.bytes.length) throw new Error('a file of values ends early');
    return this.bytes.subarray(this.at, this.at += length);
  }
  list(count, read) { return Array.from({length: count}, () => read()); }
  tensor(dtype, rank) {
    const dims = this.list(rank, () => this.long());
    const count = dims.reduce((a, b) => a * b, 1);
    if (dtype !== STRING) {
      return {kind: 'tensor', dtype, dims, data: this.take(count * ELEMENT_BYTES[dtype])};
    }
    return {kind: 'tensor', dtype, dims, strings: this.list(count, () => this.take(this.long()))};
  }
  value() {
    const [kind, dtype, rank] = [KINDS[this.int()], this.int(), this.int()];
    if (kind === 'tensor') return this.tensor(dtype, rank);
    if (kind === 'sequence') return {kind, items: this.list(this.long(), () => this.value())};
    if (kind === 'map') return {kind, keys: this.value(), values: this.value()};
    return {kind: 'none'};
  }
}

const readValues = (bytes) => {
  const reader = new Reader(bytes);
  return reader.list(reader.int(), () => reader.value());
};

const int = (number) => Buffer.from(Int32Array.of(number).buffer);
const long = (number) => Buffer.from(BigInt64Array.of(BigInt(number)).buffer);

const partsOf = (value) => {
  const {kind, dtype = 0, dims = [], data, strings = [], items = []} = value;
  const head = [int(KINDS.indexOf(kind)), int(dtype), int(dims.length), ...dims.map(long)];
  if (kind === 'sequence') return [...head, long(items.length), ...items.flatMap(partsOf)];
  if (kind === 'map') return [...head, ...partsOf(value.keys), ...partsOf(value.values)];
  if (kind === 'none' || dtype !== STRING) return data ? [...head, data] : head;
  return [...head, ...strings.flatMap((text) => [long(text.length), text])];
};

const valuesAsBytes = (values) => Buffer.concat([int(values.length), ...values.flatMap(partsOf)]);

module.exports = {readValues, valuesAsBytes};
