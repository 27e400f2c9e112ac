/** Whether the index is in Kubernetes' list of them, such as `0,3-5`. */
export function hasIndex(list: string | undefined, index: number): boolean {
  return (list ?? '').split(',').some((part) => {
    const [from, to = from] = part.split('-');
    return part !== '' && Number(from) <= index && index <= Number(to);
  });
}
