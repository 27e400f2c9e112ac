/**
 * `floor.ts FILE`: DuckDB is opened and adds up every column of a Parquet file, texts by their length; prints seconds and
 * peak memory. What columns there are is asked in between, off the clock.
 */
import { describeColumns } from '../../src/adapters/drift-source/count-columns.ts';
import { quote, withSession } from '../../src/adapters/drift-source/session.ts';

const [file = ''] = process.argv.slice(2);
const opening = stopwatch();
const measured = await withSession(async (session) => {
  const opened = opening();
  const relation = `read_parquet(${quote(file)})`;
  const columns = await describeColumns(session, relation);
  const sums = [...columns].map(([name, type]) => {
    if (type === 'VARCHAR') return `sum(strlen("${name}"))`;
    return /^(TIMESTAMP|DATE)/.test(type) ? `sum(epoch_ms("${name}"))` : `sum("${name}")`;
  });
  const adding = stopwatch();
  await session.query(`SELECT ${sums.join(', ')} FROM ${relation}`);
  const added = adding();
  return {
    seconds: opened.seconds + added.seconds,
    cpuSeconds: opened.cpuSeconds + added.cpuSeconds,
    openSeconds: opened.seconds,
  };
});
console.log(JSON.stringify({ ...measured, peakMb: process.resourceUsage().maxRSS / 1024 }));

function stopwatch(): () => { seconds: number; cpuSeconds: number } {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}
