import path from 'node:path';
import type { AppError } from '../../../domain/errors.ts';
import { firstLine, invalid } from '../invalid.ts';

/** `/onnxruntime_src/…/model.cc:187 onnxruntime::Model::Model(…) `, `tensorprotoutils.cc:1463 Validate… ` */
const SOURCE_PLACE =
  /(?:\/onnxruntime_src\/\S+:\d+ [^(]*\((?:[^()]|\([^()]*\))*\)(?: const)? |\b\w+\.(?:cc|h):\d+ \w+ )/g;

/** `$1`… are what the pattern found. */
const EXPLAINED: [RegExp, string][] = [
  [/Protobuf parsing failed/, 'it is no ONNX file, or a part of it is missing (Protobuf parsing failed)'],
  [/does not have a graph/, 'it is empty: an ONNX file without a graph'],
  [/External data path: "([^"]*)" resolved path/, 'its external data $1 is outside of its folder'],
  [/External data path does not exist: ".*?([^"/]*)"/, 'its external data $1 is missing'],
  [/Absolute path not allowed for external data/, 'its external data is at an absolute path, outside of its folder'],
  [/SafeIntOnOverflow|Integer overflow/, 'a tensor in it is declared larger than any memory'],
  [
    /Opset (\d+) is under development.*till opset (\d+)/,
    'its opset is $1, and only those up to $2 are known here: export it with an older one',
  ],
  [
    /running (\w+) node\. Name:'([^']*)'.*Failed to allocate memory for requested buffer of size (\d+)/,
    'its node $2 ($1) asks for $3 bytes of memory, which there are not',
  ],
];

/** What onnxruntime says, without the places in its source and the folders of this machine. */
export function complaint(cause: unknown, file: string): AppError {
  const text = firstLine(cause);
  for (const [pattern, words] of EXPLAINED) {
    const found = pattern.exec(text);
    if (found !== null)
      return invalid(
        words.replace(/\$(\d)/g, (_, place) => found[Number(place)] ?? ''),
        cause,
      );
  }
  const told = text
    .replace(SOURCE_PLACE, '')
    .replace(/^(?:Exception during initialization: )?(?:Load model from .*? failed: ?)?/, '')
    .replaceAll(`${path.dirname(file)}${path.sep}`, '')
    .replaceAll(path.dirname(file), 'the folder of the model')
    .replace(/, Error /, ': ');
  return invalid(told.slice(0, 400).replace(/\.$/, ''), cause);
}
