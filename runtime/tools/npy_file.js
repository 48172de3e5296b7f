// Tensors as .npy files: those that runtime/tools/abi_runner.c reads and writes.
'use strict';
const fs = require('fs');
const {ELEMENT_BYTES} = require('./wasm_model.js');

// How .npy calls the element types, by their ONNX number; types that it lacks are unsigned integers.
const NPY_TYPES = [null, '<f4', '|u1', '|i1', '<u2', '<i2', '<i4', '<i8', null, '|b1', '<f2', '<f8',
                   '<u4', '<u8', '<c8', '<c16', '<u2', '|u1', '|u1', '|u1', '|u1', '|u1', '|u1', '|u1',
                   '|u1', '|u1', '|u1', '|u1', '|u1'];

// `info`: of the model's input.
function readNpy(path, {dtype, rank}) {
  const bytes = fs.readFileSync(path);
  if (bytes.toString('latin1', 0, 6) !== '\x93NUMPY') throw new Error(`\`${path}\` is no .npy file`);
  const [length, start] = bytes[6] === 1 ? [bytes.readUInt16LE(8), 10] : [bytes.readUInt32LE(8), 12];
  const head = bytes.toString('latin1', start, start + length);
  const shape = /'shape': \(([^)]*)\)/.exec(head);
  const dims = shape ? shape[1].split(',').filter((part) => part.trim() !== '').map(Number) : [];
  if (!head.includes(`'${NPY_TYPES[dtype]}'`) || !head.includes('False') || dims.length !== rank) {
    throw new Error(`\`${path}\` is of another type than the model's input`);
  }
  const data = bytes.subarray(start + length);
  if (data.length !== dims.reduce((a, b) => a * b, ELEMENT_BYTES[dtype])) {
    throw new Error(`\`${path}\` has another size than its shape says`);
  }
  return {kind: 'tensor', dtype, dims, data};
}

function writeNpy(path, {dtype, dims, data}) {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  let head = `{'descr': '${NPY_TYPES[dtype]}', 'fortran_order': False, 'shape': (${shape}), }`;
  head += ' '.repeat((64 - (10 + head.length + 1) % 64) % 64) + '\n';
  const begin = Buffer.from(`\x93NUMPY\x01\0\0\0${head}`, 'latin1');
  begin.writeUInt16LE(head.length, 8);
  fs.writeFileSync(path, Buffer.concat([begin, data]));
}

module.exports = {readNpy, writeNpy};
