// As run_add_and_sum.c, for WebAssembly under Node.js.
'use strict';
const {WasmModel} = require('../../../runtime/tools/wasm_model.js');

const model = WasmModel.load(process.argv[2]);
const x = Float32Array.from({length: 400}, (_, i) => 1 + i);
const value = {kind: 'tensor', dtype: 1, dims: [100, 4], data: new Uint8Array(x.buffer)};
const [y, total] = model.run([value]);
const numbers = ({data}) => new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
const sums = numbers(y);
for (let i = 0; i < 400; ++i) {
  if (sums[i] !== x[i] + 10 * (1 + i % 4)) throw new Error(`element ${i} is ${sums[i]}`);
}
console.log(`rows ${y.dims[0]} total ${numbers(total)[0]}`);
