/**
 * Gradient boosting for the logistic loss (Friedman 2001) with the best of a few random cuts a node: enough of a learner
 * to make models of the size and shape that LightGBM or XGBoost would give, without either.
 */

// @ts-expect-error no types: it is plain JavaScript that a repository may copy
import { attribute, encodeModel, node, value } from '../../fixtures/tiny/lib/onnx.mjs';
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';

type Tree = { feature: Int32Array; cut: Float32Array; leaf: Float32Array };

export type BoostedOptions = { trees: number; depth: number; rate: number; seed: number };

/** `features`: rows × width, row-major; `labels`: 0 or 1. Answers the bytes of an ONNX file with output `probability`. */
export function boostedModel(
  features: Float32Array,
  labels: Float64Array,
  width: number,
  options: BoostedOptions,
): Buffer {
  const rows = labels.length;
  const random = seededRandom(options.seed);
  const margin = new Float64Array(rows);
  const trees: Tree[] = [];
  for (let number = 0; number < options.trees; number += 1) {
    const gradient = labels.map((label, row) => label - 1 / (1 + Math.exp(-(margin[row] as number))));
    const tree = growTree(features, gradient, margin, width, options, random);
    trees.push(tree);
    for (let row = 0; row < rows; row += 1)
      margin[row] = (margin[row] as number) + (tree.leaf[leafOf(tree, features, row * width, options.depth)] as number);
  }
  return encode(trees, width, options.depth);
}

const CUTS = 3;

function growTree(
  features: Float32Array,
  gradient: Float64Array,
  margin: Float64Array,
  width: number,
  { depth, rate }: BoostedOptions,
  random: () => number,
): Tree {
  const inner = 2 ** depth - 1;
  const tree: Tree = {
    feature: new Int32Array(inner),
    cut: new Float32Array(inner),
    leaf: new Float32Array(inner + 1),
  };
  let parts: Int32Array[] = [Int32Array.from(gradient.keys())];
  for (let place = 0, level = 0; level < depth; level += 1) {
    const next: Int32Array[] = [];
    for (const part of parts) {
      const [feature, cut] = bestCut(features, gradient, part, width, random);
      tree.feature[place] = feature;
      tree.cut[place] = cut;
      place += 1;
      next.push(
        part.filter((row) => (features[row * width + feature] as number) <= cut),
        part.filter((row) => (features[row * width + feature] as number) > cut),
      );
    }
    parts = next;
  }
  for (const [leaf, part] of parts.entries()) {
    let [first, second] = [0, 1];
    for (const row of part) {
      const chance = 1 / (1 + Math.exp(-(margin[row] as number)));
      first += gradient[row] as number;
      second += chance * (1 - chance);
    }
    tree.leaf[leaf] = (rate * first) / second;
  }
  return tree;
}

function bestCut(
  features: Float32Array,
  gradient: Float64Array,
  part: Int32Array,
  width: number,
  random: () => number,
): [number, number] {
  let best: [number, number] = [0, 0];
  let most = -1;
  for (let tried = 0; tried < CUTS; tried += 1) {
    const feature = Math.floor(random() * width);
    const row = part.length > 0 ? (part[Math.floor(random() * part.length)] as number) : 0;
    const cut = features[row * width + feature] as number;
    const [sums, counts] = [[0, 0] as [number, number], [1, 1] as [number, number]];
    for (const one of part) {
      const side = (features[one * width + feature] as number) <= cut ? 0 : 1;
      sums[side] += gradient[one] as number;
      counts[side] += 1;
    }
    const gain = sums[0] ** 2 / counts[0] + sums[1] ** 2 / counts[1];
    if (gain > most) [most, best] = [gain, [feature, cut]];
  }
  return best;
}

/** Nodes level by level: the children of i are 2 i + 1 and 2 i + 2. */
function leafOf(tree: Tree, features: Float32Array, start: number, depth: number): number {
  let place = 0;
  for (let level = 0; level < depth; level += 1) {
    const goesLeft = (features[start + (tree.feature[place] as number)] as number) <= (tree.cut[place] as number);
    place = 2 * place + (goesLeft ? 1 : 2);
  }
  return place - (2 ** depth - 1);
}

/** ai.onnx.ml TreeEnsembleRegressor for the margin, then the logistic function. */
function encode(trees: Tree[], width: number, depth: number): Buffer {
  const inner = 2 ** depth - 1;
  const all = 2 * inner + 1;
  const every = <T>(make: (tree: Tree, number: number, place: number) => T): T[] =>
    trees.flatMap((tree, number) => Array.from({ length: all }, (_, place) => make(tree, number, place)));
  const leaves = <T>(make: (tree: Tree, number: number, leaf: number) => T): T[] =>
    trees.flatMap((tree, number) => Array.from(tree.leaf, (_, leaf) => make(tree, number, leaf)));
  const isInner = (place: number) => place < inner;
  const attributes = [
    attribute(
      'nodes_treeids',
      'ints',
      every((_, number) => number),
    ),
    attribute(
      'nodes_nodeids',
      'ints',
      every((_, _number, place) => place),
    ),
    attribute(
      'nodes_featureids',
      'ints',
      every((tree, _, place) => (isInner(place) ? tree.feature[place] : 0)),
    ),
    attribute(
      'nodes_values',
      'floats',
      every((tree, _, place) => (isInner(place) ? tree.cut[place] : 0)),
    ),
    attribute(
      'nodes_modes',
      'strings',
      every((_, _number, place) => (isInner(place) ? 'BRANCH_LEQ' : 'LEAF')),
    ),
    attribute(
      'nodes_truenodeids',
      'ints',
      every((_, _number, place) => (isInner(place) ? 2 * place + 1 : 0)),
    ),
    attribute(
      'nodes_falsenodeids',
      'ints',
      every((_, _number, place) => (isInner(place) ? 2 * place + 2 : 0)),
    ),
    attribute(
      'target_treeids',
      'ints',
      leaves((_, number) => number),
    ),
    attribute(
      'target_nodeids',
      'ints',
      leaves((_, _number, leaf) => inner + leaf),
    ),
    attribute(
      'target_ids',
      'ints',
      leaves(() => 0),
    ),
    attribute(
      'target_weights',
      'floats',
      leaves((tree, _, leaf) => tree.leaf[leaf]),
    ),
    attribute('n_targets', 'int', 1),
  ];
  return encodeModel({
    name: 'boosted',
    nodes: [
      node('TreeEnsembleRegressor', ['features'], ['margin'], attributes, 'ai.onnx.ml'),
      node('Sigmoid', ['margin'], ['probability']),
    ],
    constants: [],
    inputs: [value('features', 'float', width)],
    outputs: [value('probability', 'float', 1)],
  });
}
