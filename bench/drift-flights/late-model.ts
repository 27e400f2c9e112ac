/** Will a flight be late? A logistic regression of hour, weekday, distance, origin and destination. */
import { seededRandom } from '../../src/domain/statistics/seeded-random.ts';
import type { Flights } from './read-flights.ts';

/** Minutes from which a flight counts as late, as the authorities have it. */
const LATE = 15;
const HOURS = 24;
const DAYS = 7;
const EPOCHS = 4;
const RATE = 0.1;
/** Of the squares of the weights. */
const SHRINK = 1e-6;

export function isLate(flights: Flights, row: number): boolean {
  return flights.delay[row]! > LATE;
}

/** Monday 0 h first. */
export function hourOfWeek(at: number): number {
  // 1 January 1970 was a Thursday.
  return (Math.floor(at / 3_600_000) + 3 * HOURS) % (HOURS * DAYS);
}

/** Weights by stochastic gradients with Adagrad over the rows, in an order that is drawn; gives the probability of a row. */
export function trainLateModel(flights: Flights, rows: Uint32Array): (row: number) => number {
  const places = flights.airports.length;
  const weights = new Float64Array(1 + HOURS + DAYS + 2 * places + 2);
  const squares = new Float64Array(weights.length).fill(1e-8);
  const features = (row: number): [number[], number] => {
    const hour = hourOfWeek(flights.at[row]!);
    const start = 1 + HOURS + DAYS;
    const ones = [0, 1 + (hour % HOURS), 1 + HOURS + Math.floor(hour / HOURS), start + flights.origin[row]!];
    return [[...ones, start + places + flights.destination[row]!], (Math.log1p(flights.distance[row]!) - 6.3) / 0.8];
  };
  const last = weights.length - 1;
  const probability = (row: number): number => {
    const [ones, distance] = features(row);
    let score = weights[last]! * distance;
    for (const one of ones) score += weights[one]!;
    return 1 / (1 + Math.exp(-score));
  };
  const random = seededRandom(20_010_101);
  const order = rows.slice();
  const move = (weight: number, gradient: number) => {
    squares[weight]! += gradient * gradient;
    weights[weight]! -= (RATE * gradient) / Math.sqrt(squares[weight]!);
  };
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    shuffle(order, random);
    for (const row of order) {
      const error = probability(row) - (isLate(flights, row) ? 1 : 0);
      const [ones, distance] = features(row);
      for (const one of ones) move(one, error + SHRINK * weights[one]!);
      move(last, error * distance + SHRINK * weights[last]!);
    }
  }
  return probability;
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
}
