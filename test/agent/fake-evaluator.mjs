import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [inputFile, output] = process.argv.slice(2);
const input = JSON.parse(readFileSync(inputFile, 'utf8'));
const read = (folder) => folder && readFileSync(path.join(folder, 'weights/model.onnx'), 'utf8');
const candidate = read(input.candidateFolder);
const champion = read(input.championFolder);
const loading = (who) => {
  const stage = { doing: 'beginning', models: [{ who, doing: 'loading', since: Date.now() }] };
  writeFileSync(input.stageFile, JSON.stringify(stage));
};
if (candidate === 'refuse') {
  writeFileSync(
    path.join(output, 'error.json'),
    JSON.stringify({ code: 'config/model-invalid', message: 'a bad model' }),
  );
  process.exit(1);
}
for (const [who, content] of Object.entries({ candidate, champion })) {
  if (content === 'crash' || content === 'hang') {
    loading(who);
    writeFileSync(path.join(output, 'left-over.json'), '{}');
  }
  if (content === 'crash') process.abort();
  if (content === 'hang') for (;;);
}
const token = Object.values(process.env).some((value) => value.includes('ghs_'));
const evaluation = { candidate, champion, token, checkout: existsSync(input.checkout ?? '') };
if (input.championSkipped) evaluation.championSkipped = input.championSkipped;
if (input.repeatFolders.length > 0) evaluation.repeats = input.repeatFolders.map(read);
if (input.metricsCheckout) evaluation.metrics = readFileSync(path.join(input.metricsCheckout, 'metric.txt'), 'utf8');
writeFileSync(path.join(output, 'evaluation.json'), JSON.stringify(evaluation));
