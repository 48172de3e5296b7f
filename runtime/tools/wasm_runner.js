// Runs models that were compiled to WebAssembly, under Node.js.
//
//   node wasm_runner.js MODEL.wasm OUT_DIR [INPUT.npy ...]    as abi_runner.c
//   node wasm_runner.js --values                              as value_runner.c: tasks on standard input
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const {ModelError, WasmModel} = require('./wasm_model.js');
const {readNpy, writeNpy} = require('./npy_file.js');
const {readValues, valuesAsBytes} = require('./value_file.js');

function runOnNpy([file, folder, ...inputs]) {
  const model = WasmModel.load(file);
  if (!model.isPlanned) throw new Error(`\`${file}\` can't be planned, so this program does not run it`);
  if (inputs.length !== model.inputs.length) {
    throw new Error(`\`${model.name}\` takes ${model.inputs.length} inputs, not ${inputs.length}`);
  }
  const outputs = model.run(inputs.map((input, i) => readNpy(input, model.inputs[i])));
  outputs.forEach((output, i) => writeNpy(path.join(folder, `output_${i}.npy`), output));
}

// RETURNS: the answer to a task.
function answer(line) {
  const [file, inputs, outputs, repeat] = line.split('\t');
  try {
    const results = WasmModel.load(file).run(readValues(fs.readFileSync(inputs)), Number(repeat || 1));
    fs.writeFileSync(outputs, valuesAsBytes(results));
    return 'ok';
  } catch (error) {
    const text = String(error.stack || error).replace(/[\n\t]+/g, ' ').slice(0, 400);
    return error instanceof ModelError ? `status ${error.status} ${error.message}` : `error ${text}`;
  }
}

function main(args) {
  if (args[0] !== '--values') return runOnNpy(args);
  readline.createInterface({input: process.stdin}).on('line', (line) => console.log(answer(line)));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(`wasm_runner: ${error.message}`);
  process.exit(1);
}
