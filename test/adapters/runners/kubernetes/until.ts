/** Asks again and again, at most so many seconds. */
export async function until<Answer>(
  ask: () => Promise<Answer> | Answer,
  isThere: (answer: Answer) => boolean,
  seconds = 15,
): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`waited too long; last was ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, seconds > 15 ? 50 : 10));
  }
}
