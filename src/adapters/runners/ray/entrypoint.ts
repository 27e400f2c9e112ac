import { quoteWord } from './quote-word.ts';

/** Below the node's folder for temporary files, one for each user of the node. */
const WORK = `"\${TMPDIR:-/tmp}/sluice-$(id -u)"`;

/**
 * When the agent is killed (node out of memory, its Ray worker died), its training command, in a process group of its
 * own, would stay: Ray ends only the agent's. This waits outside of Ray's sight for the agent ($1) to be gone, ends what
 * has its name ($2) in the environment, and removes its folder in $3. Several passes: what is being ended may still fork.
 */
const GUARD = `
while kill -0 "$1"; do sleep 1; done
for pass in 1 2 3; do
  for file in /proc/[0-9]*/environ; do
    if tr "\\0" "\\n" <"$file" | grep -qxF "SLUICE_JOB=$2"; then pid=\${file#/proc/}; kill -9 "\${pid%/environ}"; fi
  done
done
chmod -R u+w "$3/$2"
rm -rf "$3/$2"`.trim();

/**
 * The shell command that Ray runs on one of its nodes. `exec`, so that Ray signals the agent and sees its exit code, not
 * a shell's. The name is set here and not for the Ray worker, which must not be taken for a part of the agent.
 */
export function buildEntrypoint(agent: string[], name: string, serverUrl: string): string {
  const guard = `setsid sh -c ${quoteWord(GUARD)} sluice-guard $$ ${quoteWord(name)} ${WORK}`;
  const words = ['env', `SLUICE_JOB=${name}`, ...agent, '--server', serverUrl].map(quoteWord);
  return `(${guard} </dev/null >/dev/null 2>&1 &); exec ${words.join(' ')} --work ${WORK}`;
}
