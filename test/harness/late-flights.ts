import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const DATASET = `apiVersion: sluice/v1
kind: Dataset
name: flights
source: {uri: data/flights.csv, format: csv}
columns:
  - {name: hour, type: integer}
  - {name: distance, type: float}
  - {name: late, type: boolean, sql: "late = 1", role: label}
  - {name: id, type: integer}
splits: {train: "id < 400", holdout: "id >= 400"}
`;

/** A model's spec up to its gates; `evaluate`: more keys of that part. */
export const lateModel = (evaluate = ''): string => `apiVersion: sluice/v1
kind: Model
name: late
task: binary-classification
dataset: flights
train: {runner: local, command: [python, train.py], code: ["models/late/**"]}
artifact: {path: model.onnx, format: onnx}
signature:
  inputs:
    - {name: hour, column: hour, type: integer}
    - {name: distance, column: distance, type: float}
  output: {name: probabilities, positive: true}
evaluate: {split: holdout, metrics: [roc_auc, accuracy]${evaluate}}
gates:
`;

/** A repository's files but for its models: 900 flights that the models beside the runtime's tests know how to judge. */
export async function writeLateFlights(root: string, policy: string): Promise<void> {
  for (const one of ['data', 'models/late']) await mkdir(path.join(root, one), { recursive: true });
  const rows = Array.from({ length: 900 }, (_, row) => {
    const hour = (row * 7) % 24;
    return `${row},${hour},${100 + ((row * 37) % 2500)},${hour + ((row * 13) % 11) > 18 ? 1 : 0}`;
  });
  await writeFile(path.join(root, 'data/flights.csv'), `id,hour,distance,late\n${rows.join('\n')}\n`);
  await writeFile(path.join(root, 'data/flights.yaml'), DATASET);
  await writeFile(path.join(root, 'sluice.yaml'), policy);
}
