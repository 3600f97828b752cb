/** There are no files here, so nothing is a path. */
export function urlOfPath(_path: string): null {
  return null;
}
