/** A client of the Open Inference Protocol, as an application in production would be. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export type Visit = { age: number; minutes: number; channel: string };

export type Answer = { version: string; probabilities: number[] };

const DATATYPES = { age: 'FP32', minutes: 'FP32', channel: 'BYTES' } as const;

/** Sends the inputs that the live version takes; `logged` names each prediction and says when it was made. */
export async function infer(
  url: string,
  model: string,
  visits: Visit[],
  logged?: { ids: string[]; timestamps: string[] },
): Promise<Answer> {
  const { inputs } = (await ask(`${url}/v2/models/${model}`)) as { inputs: { name: keyof Visit }[] };
  const answer = (await ask(`${url}/v2/models/${model}/infer`, {
    ...(logged ? { parameters: logged } : {}),
    inputs: inputs.map(({ name }) => ({
      name,
      datatype: DATATYPES[name],
      shape: [visits.length, 1],
      data: visits.map((visit) => visit[name]),
    })),
  })) as { model_version: string; outputs: { data: number[] }[] };
  return { version: answer.model_version, probabilities: answer.outputs[0]?.data ?? [] };
}

/** The truth of what was predicted. The inference server's own token shows that its folder can be read. */
export async function sendLabels(
  url: string,
  token: string,
  labels: { id: string; label: number; at: string }[],
): Promise<void> {
  await ask(`${url}/labels`, { labels }, token);
}

/** Of the newest inference process of a deployment. */
export async function controlToken(stateFolder: string, repository: string, deployment: string): Promise<string> {
  const about = path.join(stateFolder, 'serving', ...repository.split('/'), deployment, 'process.json');
  return (JSON.parse(await readFile(about, 'utf8')) as { token: string }).token;
}

async function ask(address: string, body?: object, token?: string): Promise<unknown> {
  const response = await fetch(address, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
