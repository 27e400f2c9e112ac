/** `floor.ts FILE`: DuckDB adds up every column of a Parquet file, texts by their length; prints seconds and peak memory. */
import { describeColumns } from '../../src/adapters/drift-source/count-columns.ts';
import { quote, withSession } from '../../src/adapters/drift-source/session.ts';

const [file = ''] = process.argv.slice(2);
const measured = await withSession(async (session) => {
  const relation = `read_parquet(${quote(file)})`;
  const columns = await describeColumns(session, relation);
  const sums = [...columns].map(([name, type]) => {
    if (type === 'VARCHAR') return `sum(strlen("${name}"))`;
    return /^(TIMESTAMP|DATE)/.test(type) ? `sum(epoch_ms("${name}"))` : `sum("${name}")`;
  });
  const started = performance.now();
  const cpu = process.cpuUsage();
  await session.query(`SELECT ${sums.join(', ')} FROM ${relation}`);
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
});
console.log(JSON.stringify({ ...measured, peakMb: process.resourceUsage().maxRSS / 1024 }));
