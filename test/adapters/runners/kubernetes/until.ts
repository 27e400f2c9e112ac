export async function until<Answer>(ask: () => Promise<Answer> | Answer, isThere: (answer: Answer) => boolean) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`waited too long; last was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
