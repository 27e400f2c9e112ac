const MINUTE = 60_000;

/** Why nobody has taken a run yet. `waitedMs`: since it was queued. */
export function waitingText(
  { runsOn, startWithinMs }: { runsOn: string[]; startWithinMs: number },
  status: string,
  waitedMs: number,
): string {
  if (status === 'waiting' || status === 'action_required') return 'its run waits for somebody’s approval on GitHub';
  if (waitedMs < startWithinMs) return 'queued on GitHub';
  const labels = `${runsOn.length === 1 ? 'label' : 'labels'} ${runsOn.join(', ')}`;
  return `no runner with the ${labels} has taken it for ${roughly(waitedMs)}`;
}

/** Ever coarser, because each new text is written to the check. */
function roughly(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return 'some seconds';
  if (minutes < 15) return `${minutes} min`;
  if (minutes < 60) return `${minutes - (minutes % 5)} min`;
  return `${Math.floor(minutes / 60)} h`;
}
