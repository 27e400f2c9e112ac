import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [inputFile, output] = process.argv.slice(2);
const input = JSON.parse(readFileSync(inputFile, 'utf8'));
const read = (folder) => folder && readFileSync(path.join(folder, 'weights/model.onnx'), 'utf8');
const candidate = read(input.candidateFolder);
if (candidate === 'refuse') {
  writeFileSync(
    path.join(output, 'error.json'),
    JSON.stringify({ code: 'config/model-invalid', message: 'a bad model' }),
  );
  process.exit(1);
}
if (candidate === 'crash') process.abort();
const champion = read(input.championFolder);
const token = Object.values(process.env).some((value) => value.includes('ghs_'));
const evaluation = { candidate, champion, token, checkout: existsSync(input.checkout ?? '') };
writeFileSync(path.join(output, 'evaluation.json'), JSON.stringify(evaluation));
