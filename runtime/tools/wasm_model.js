// Loads a model that was compiled to WebAssembly (`--target=wasm32-simd128`) and runs it, in one
// thread: runtime/sinter_abi.h as JavaScript sees it. For Node.js; a browser makes the instance itself.
//
//   const model = WasmModel.load('model.wasm');              // or new WasmModel(instance)
//   const [y] = model.run([{kind: 'tensor', dtype: 1, dims: [2, 3], data}]);
//
// A value is one of
//   {kind: 'none'}
//   {kind: 'tensor', dtype, dims, data}       data: a Uint8Array of the elements, row by row
//   {kind: 'tensor', dtype: 8, dims, strings} strings: Uint8Arrays of UTF-8
//   {kind: 'sequence', items}
//   {kind: 'map', keys, values}               two tensors of rank 1
// with element types as onnx.TensorProto.DataType numbers them. The module's pointers have 32 bits:
// the offsets below are those of sinter_abi.h's structs in its memory.
'use strict';
const fs = require('fs');

const ALIGNMENT = 64;
const MAX_RANK = 32;
const STRING = 8;
const OK = 0, BAD_VALUE = 3;
const STATUS = ['ok', 'bad shape', 'bad index', 'bad value', 'no memory', 'not supported'];
const KINDS = ['none', 'tensor', 'sequence', 'map'];

// Bytes that an element takes, by type; 0 where there is none.
const ELEMENT_BYTES = [0, 4, 1, 1, 2, 2, 4, 8, 16, 1, 2, 8, 4, 8, 8, 16, 2,
                       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

const MODEL = {abiVersion: 0, name: 8, numInputs: 12, numOutputs: 16, inputs: 20, outputs: 24, plan: 36,
               run: 40, runValues: 44, freeValues: 48};
const INFO = {bytes: 20, name: 0, dtype: 4, rank: 8, dims: 12};
const TENSOR = {bytes: 8, data: 0, dims: 4};
const PLAN = {bytes: 24, arenaBytes: 0, outputDims: 8, badInput: 12, badDim: 16};
const CONTEXT = {bytes: 48, numThreads: 4, allocate: 24, release: 28, failure: 36};
const FAILURE = {bytes: 16, badInput: 0, badDim: 4, node: 8, message: 12};
const VALUE = {bytes: 296, kind: 0, dtype: 4, rank: 8, dims: 16, data: 272, count: 280, items: 288};

class ModelError extends Error {
  constructor(status, detail) {
    super(`${STATUS[status] || `status ${status}`}: ${detail}`);
    this.status = status;
  }
}

// Blocks behind the module's own data. Freed ones are kept by size.
class Heap {
  constructor(memory, base) {
    this.memory = memory;
    this.end = Math.ceil(base / ALIGNMENT) * ALIGNMENT;
    this.sizes = new Map();
    this.free = new Map();
  }
  // An address at a multiple of ALIGNMENT, or 0 if there is no memory.
  allocate(bytes) {
    const size = Math.ceil(Math.max(bytes, 1) / ALIGNMENT) * ALIGNMENT;
    const kept = this.free.get(size);
    const block = kept && kept.length > 0 ? kept.pop() : this.extend(size);
    if (block !== 0) this.sizes.set(block, size);
    return block;
  }
  extend(size) {
    const block = this.end;
    if (block + size > 2 ** 32) return 0;
    const missing = block + size - this.memory.buffer.byteLength;
    try {
      if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    } catch (error) {
      return 0;
    }
    this.end = block + size;
    return block;
  }
  release(block) {
    const size = this.sizes.get(block);
    if (size === undefined) throw new Error(`there is no block at ${block}`);
    this.sizes.delete(block);
    if (!this.free.has(size)) this.free.set(size, []);
    this.free.get(size).push(block);
  }
  get liveBlocks() { return this.sizes.size; }
}

const I32 = 0x7f, I64 = 0x7e;

// A JavaScript function as one that the module can call through its table: a table takes only
// functions that WebAssembly exports, so a module that hands it through is made for it.
function asTableFunction(parameters, results, callback) {
  const section = (id, bytes) => [id, bytes.length, ...bytes];
  const code = Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, parameters.length, ...parameters, results.length, ...results]),
    ...section(2, [1, 1, 0x65, 1, 0x66, 0, 0]),
    ...section(7, [1, 1, 0x66, 0, 0]),
  ]);
  return new WebAssembly.Instance(new WebAssembly.Module(code), {e: {f: callback}}).exports.f;
}

class WasmModel {
  static load(path) {
    return new WasmModel(new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(path))));
  }

  constructor(instance) {
    const {memory, sinter_model_v1: describe, __heap_base: heapBase} = instance.exports;
    this.memory = memory;
    this.table = instance.exports.__indirect_function_table;
    this.heap = new Heap(memory, heapBase.value);
    this.model = describe() >>> 0;
    const version = this.word(this.model + MODEL.abiVersion);
    if (version !== 1) throw new Error(`the model has interface version ${version}, not 1`);
    this.name = this.text(this.word(this.model + MODEL.name));
    this.inputs = this.infos(MODEL.inputs, MODEL.numInputs);
    this.outputs = this.infos(MODEL.outputs, MODEL.numOutputs);
    this.callbacks = null;
  }

  // --- Memory, which may move whenever something is allocated ---
  get view() {
    if (!this.cachedView || this.cachedView.buffer !== this.memory.buffer) {
      this.cachedView = new DataView(this.memory.buffer);
    }
    return this.cachedView;
  }
  word(at) { return this.view.getUint32(at, true); }
  int(at) { return this.view.getInt32(at, true); }
  long(at) { return Number(this.view.getBigInt64(at, true)); }
  setWord(at, value) { this.view.setUint32(at, value, true); }
  setLong(at, value) { this.view.setBigInt64(at, BigInt(value), true); }
  bytes(at, length) { return new Uint8Array(this.memory.buffer, at, length); }
  text(at) {
    const memory = new Uint8Array(this.memory.buffer);
    return new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at)));
  }
  longs(at, count) { return Array.from({length: count}, (_, i) => this.long(at + 8 * i)); }

  infos(list, length) {
    const first = this.word(this.model + list);
    return Array.from({length: this.int(this.model + length)}, (_, i) => {
      const at = first + INFO.bytes * i;
      const rank = this.int(at + INFO.rank);
      return {name: this.text(this.word(at + INFO.name)), dtype: this.int(at + INFO.dtype), rank,
              dims: this.longs(this.word(at + INFO.dims), Math.max(rank, 0))};
    });
  }

  get isPlanned() { return this.word(this.model + MODEL.plan) !== 0; }

  // Values in the model's order -> its outputs. `repeat`: how often to compute them.
  run(inputs, repeat = 1) {
    if (inputs.length !== this.inputs.length) {
      throw new Error(`the model takes ${this.inputs.length} inputs, not ${inputs.length}`);
    }
    const scratch = [];
    try {
      return this.isPlanned ? this.runPlanned(inputs, repeat, scratch)
                            : this.runValues(inputs, repeat, scratch);
    } finally {
      for (const block of scratch) this.heap.release(block);
    }
  }

  // Memory until the end of the call, all zeros.
  allocate(scratch, bytes) {
    const block = this.heap.allocate(bytes);
    if (block === 0) throw new Error(`there is no memory for ${bytes} bytes`);
    scratch.push(block);
    this.bytes(block, bytes).fill(0);
    return block;
  }
  put(scratch, bytes) {
    const block = this.allocate(scratch, bytes.length);
    this.bytes(block, bytes.length).set(bytes);
    return block;
  }
  putLongs(scratch, numbers) {
    const block = this.allocate(scratch, 8 * numbers.length);
    numbers.forEach((number, i) => this.setLong(block + 8 * i, number));
    return block;
  }
  putWords(scratch, words) {
    const block = this.allocate(scratch, 4 * words.length);
    words.forEach((word, i) => this.setWord(block + 4 * i, word));
    return block;
  }
  putContext(scratch) {
    const context = this.allocate(scratch, CONTEXT.bytes);
    this.setWord(context, CONTEXT.bytes);
    this.setWord(context + CONTEXT.numThreads, 1);
    return context;
  }
  call(member, ...args) { return this.table.get(this.word(this.model + MODEL[member]))(...args); }

  plan(shapes, scratch) {
    const plan = this.allocate(scratch, PLAN.bytes);
    const dims = this.outputs.map(({rank}) => this.allocate(scratch, 8 * rank));
    this.setWord(plan + PLAN.outputDims, this.putWords(scratch, dims));
    const status = this.call('plan', this.putWords(scratch, shapes), plan);
    if (status !== OK) {
      const [input, dim] = [this.int(plan + PLAN.badInput), this.int(plan + PLAN.badDim)];
      throw new ModelError(status, `dimension ${dim} of input ${input} contradicts the model`);
    }
    return {arenaBytes: this.long(plan), dims: dims.map((at, i) => this.longs(at, this.outputs[i].rank))};
  }

  runPlanned(inputs, repeat, scratch) {
    const tensors = this.allocate(scratch, TENSOR.bytes * inputs.length);
    const shapes = inputs.map(({kind, dtype, dims, data}, i) => {
      const {name, dtype: wanted, rank} = this.inputs[i];
      if (kind !== 'tensor' || dtype !== wanted || dims.length !== rank) {
        throw new ModelError(BAD_VALUE, `\`${name}\` is of another type than the model says`);
      }
      const shape = this.putLongs(scratch, dims);
      this.setWord(tensors + TENSOR.bytes * i + TENSOR.data, this.put(scratch, data));
      this.setWord(tensors + TENSOR.bytes * i + TENSOR.dims, shape);
      return shape;
    });
    const planned = this.plan(shapes, scratch);
    const results = this.allocate(scratch, TENSOR.bytes * this.outputs.length);
    const places = planned.dims.map((dims, i) => {
      const bytes = dims.reduce((a, b) => a * b, ELEMENT_BYTES[this.outputs[i].dtype]);
      const data = this.allocate(scratch, bytes);
      this.setWord(results + TENSOR.bytes * i + TENSOR.data, data);
      return [data, bytes];
    });
    const arena = this.allocate(scratch, planned.arenaBytes);
    const context = this.putContext(scratch);
    for (let i = 0; i < repeat; ++i) {
      const status = this.call('run', tensors, results, arena, context);
      if (status !== OK) throw new ModelError(status, 'the inputs contradict the model');
    }
    return planned.dims.map((dims, i) => ({kind: 'tensor', dtype: this.outputs[i].dtype, dims,
                                           data: this.bytes(...places[i]).slice()}));
  }

  // The functions through which the model gets its memory, by their places in the table.
  memoryFunctions() {
    if (this.callbacks === null) {
      const allocate = (_, bytes) =>
          bytes > 2n ** 32n ? 0 : this.heap.allocate(Number(bytes)) | 0;
      const release = (_, block) => this.heap.release(block >>> 0);
      const first = this.table.grow(2);
      this.table.set(first, asTableFunction([I32, I64], [I32], allocate));
      this.table.set(first + 1, asTableFunction([I32, I32], [], release));
      this.callbacks = {allocate: first, release: first + 1};
    }
    return this.callbacks;
  }

  runValues(inputs, repeat, scratch) {
    const values = this.allocate(scratch, VALUE.bytes * inputs.length);
    inputs.forEach((value, i) => this.putValue(scratch, values + VALUE.bytes * i, value));
    const outputs = this.allocate(scratch, VALUE.bytes * this.outputs.length);
    const failure = this.allocate(scratch, FAILURE.bytes);
    const context = this.putContext(scratch);
    const {allocate, release} = this.memoryFunctions();
    this.setWord(context + CONTEXT.allocate, allocate);
    this.setWord(context + CONTEXT.release, release);
    this.setWord(context + CONTEXT.failure, failure);
    const blocks = this.heap.liveBlocks;
    let results;
    for (let i = 0; i < repeat; ++i) {
      const status = this.call('runValues', values, outputs, context);
      if (status !== OK) throw new ModelError(status, this.failureText(failure));
      if (i === repeat - 1) {
        results = this.outputs.map((_, o) => this.readValue(outputs + VALUE.bytes * o));
      }
      this.call('freeValues', outputs, this.outputs.length, context);
      const kept = this.heap.liveBlocks - blocks;
      if (kept !== 0) throw new Error(`the model keeps ${kept} blocks of memory`);
    }
    return results;
  }

  failureText(at) {
    const [node, message] = [this.word(at + FAILURE.node), this.word(at + FAILURE.message)];
    const place = node !== 0 ? `${this.text(node)}: ` : '';
    return place + (message !== 0 ? this.text(message) : `input ${this.int(at + FAILURE.badInput)}`);
  }

  putValue(scratch, at, value) {
    this.setWord(at + VALUE.kind, KINDS.indexOf(value.kind));
    if (value.kind === 'tensor') this.putTensor(scratch, at, value);
    if (value.kind === 'sequence') this.putItems(scratch, at, value.items);
    if (value.kind === 'map') this.putItems(scratch, at, [value.keys, value.values]);
  }
  putTensor(scratch, at, {dtype, dims, data, strings}) {
    if (dims.length > MAX_RANK) throw new ModelError(BAD_VALUE, 'a tensor has too many dimensions');
    this.setWord(at + VALUE.dtype, dtype);
    this.setWord(at + VALUE.rank, dims.length);
    dims.forEach((dim, i) => this.setLong(at + VALUE.dims + 8 * i, dim));
    const elements = dtype === STRING ? this.putStrings(scratch, strings) : this.put(scratch, data);
    this.setWord(at + VALUE.data, elements);
  }
  putStrings(scratch, strings) {
    const block = this.allocate(scratch, ELEMENT_BYTES[STRING] * strings.length);
    strings.forEach((text, i) => {
      const characters = this.put(scratch, text);
      this.setWord(block + 16 * i, characters);
      this.setLong(block + 16 * i + 8, text.length);
    });
    return block;
  }
  putItems(scratch, at, items) {
    const block = this.allocate(scratch, VALUE.bytes * items.length);
    items.forEach((item, i) => this.putValue(scratch, block + VALUE.bytes * i, item));
    this.setLong(at + VALUE.count, items.length);
    this.setWord(at + VALUE.items, block);
  }

  readValue(at) {
    const kind = KINDS[this.word(at + VALUE.kind)];
    if (kind === 'tensor') return this.readTensor(at);
    const first = this.word(at + VALUE.items);
    const items = Array.from({length: this.long(at + VALUE.count)},
                             (_, i) => this.readValue(first + VALUE.bytes * i));
    if (kind === 'sequence') return {kind, items};
    return kind === 'map' ? {kind, keys: items[0], values: items[1]} : {kind: 'none'};
  }
  readTensor(at) {
    const dtype = this.int(at + VALUE.dtype);
    const dims = this.longs(at + VALUE.dims, this.int(at + VALUE.rank));
    const count = dims.reduce((a, b) => a * b, 1);
    const data = this.word(at + VALUE.data);
    if (dtype !== STRING) {
      return {kind: 'tensor', dtype, dims, data: this.bytes(data, count * ELEMENT_BYTES[dtype]).slice()};
    }
    const strings = Array.from({length: count}, (_, i) => this.bytes(
        this.word(data + 16 * i), this.long(data + 16 * i + 8)).slice());
    return {kind: 'tensor', dtype, dims, strings};
  }
}

module.exports = {ELEMENT_BYTES, KINDS, ModelError, STRING, WasmModel};
