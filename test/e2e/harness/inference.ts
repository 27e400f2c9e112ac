/** A client of the Open Inference Protocol, as an application in production would be. */

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

export async function sendLabels(url: string, labels: { id: string; label: number; at: string }[]): Promise<void> {
  await ask(`${url}/labels`, { labels });
}

async function ask(address: string, body?: object): Promise<unknown> {
  const response = await fetch(address, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
